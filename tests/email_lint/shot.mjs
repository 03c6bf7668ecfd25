// node shot.mjs PAGE.html PICTURE.png [HEIGHT]: the page as a mail program 640 px wide shows it, light.
import { existsSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { chromium } from 'playwright-core'

const [page, picture, height = '1100'] = process.argv.slice(2)
const executablePath = process.env.CHROMIUM ?? ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync)
const open = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
const view = await open.newPage({ viewport: { width: 640, height: Number(height) }, colorScheme: 'light', deviceScaleFactor: 1.5 })
await view.goto(pathToFileURL(page).href)
await view.screenshot({ path: picture })
await open.close()
