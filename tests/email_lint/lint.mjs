// node lint.mjs FOLDER: every *.html in it through vnu, html-validate, caniemail and axe-core (600 and 375 px, light and
// dark). JSON on stdout: {name: {nu, htmlvalidate, caniemail, axe, serious, overflow, details}}. null: the tool is missing.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { caniemail } from 'caniemail'
import { HtmlValidate } from 'html-validate'

const require = createRequire(import.meta.url)
const folder = process.argv[2]
const names = readdirSync(folder).filter((name) => name.endsWith('.html')).sort()
const result = Object.fromEntries(names.map((name) => [name, { details: [] }]))

// --- Nu: what only email needs is let through
const IDIOM = /supported-color-schemes|mso-/
const java = spawnSync('java', ['-version']).status === 0
if (java) {
  const files = names.map((name) => join(folder, name))
  const ran = spawnSync('java', ['-jar', require.resolve('vnu-jar/build/dist/vnu.jar'), '--errors-only', '--format', 'json', ...files], { encoding: 'utf8' })
  const messages = JSON.parse(ran.stderr || '{"messages":[]}').messages
  for (const name of names) {
    const own = messages.filter((each) => each.url.endsWith('/' + name) && !IDIOM.test(each.message))
    result[name].nu = own.length
    result[name].details.push(...own.map((each) => `nu: ${each.message}`))
  }
} else for (const name of names) result[name].nu = null

// --- html-validate
const validate = new HtmlValidate({
  extends: ['html-validate:recommended'],
  rules: { 'no-inline-style': 'off', 'no-conditional-comment': 'off', 'no-deprecated-attr': 'off', 'prefer-native-element': 'off' },
})
for (const name of names) {
  const report = await validate.validateString(readFileSync(join(folder, name), 'utf8'))
  const messages = report.results.flatMap((each) => each.messages).filter((each) => each.severity === 2)
  result[name].htmlvalidate = messages.length
  result[name].details.push(...messages.slice(0, 5).map((each) => `html-validate: ${each.ruleId}: ${each.message}`))
}

// --- caniemail: distinct features that some program does not support; a property it knows no figures of is dropped
const clients = ['gmail.*', 'outlook.*', 'apple-mail.*', 'yahoo.*', 'samsung-email.*', 'thunderbird.*']
const unsupported = (html) => {
  try {
    const found = caniemail({ clients, html })
    return [...new Set([...found.issues.errors.values()].flat().map((issue) => issue.title))].sort()
  } catch (error) {
    const [, property] = /Feature "([^"]+)" not found/.exec(error.message) ?? []
    if (!property || !html.includes(`${property}:`)) throw error
    return unsupported(html.replaceAll(new RegExp(`${property}:[^;"}]*;?`, 'g'), ''))
  }
}
for (const name of names) {
  const titles = unsupported(readFileSync(join(folder, name), 'utf8'))
  result[name].caniemail = titles.length
  result[name].details.push(`caniemail: ${titles.join(', ')}`)
}

// --- axe-core in a real browser
const chromium = process.env.CHROMIUM ?? ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync)
if (chromium) {
  const { chromium: browser } = await import('playwright-core')
  const open = await browser.launch({ executablePath: chromium, args: ['--no-sandbox'] })
  const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8')
  for (const name of names) {
    Object.assign(result[name], { axe: 0, serious: 0, overflow: 0, fetches: 0 })
    for (const width of [600, 375]) for (const colorScheme of ['light', 'dark']) {
      const page = await open.newPage({ viewport: { width, height: 900 }, colorScheme })
      page.on('request', (request) => { if (/^https?:/.test(request.url()) && request.resourceType() !== 'image') result[name].fetches += 1 })
      await page.goto(pathToFileURL(join(folder, name)).href)
      await page.evaluate(axe)
      const tags = ['wcag2a', 'wcag2aa', 'wcag21aa', 'best-practice']
      const { violations } = await page.evaluate((values) => window.axe.run({ runOnly: { type: 'tag', values } }), tags)
      result[name].axe += violations.length
      result[name].serious += violations.filter((each) => ['serious', 'critical'].includes(each.impact)).length
      result[name].details.push(...violations.map((each) => `axe ${width} ${colorScheme}: ${each.id}: ${each.nodes[0].html.slice(0, 120)}`))
      if (await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)) result[name].overflow += 1
      await page.close()
    }
  }
  await open.close()
} else for (const name of names) Object.assign(result[name], { axe: null, serious: null, overflow: null, fetches: null })

console.log(JSON.stringify(result))
