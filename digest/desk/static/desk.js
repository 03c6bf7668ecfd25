// The desk's script: asks the server to act, keeps the page up to date, and never loses what somebody is typing.
// No words of a clip are ever turned into mark-up here: pages come from the server, values go into properties.
'use strict'

const $ = (selector, root = document) => root.querySelector(selector)
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)]
const say = (name) => document.body.dataset[name]
let seen = document.body.dataset.seen
let last = null // what the newest undo would take back
let queue = Promise.resolve()
const sources = new Map() // data-part → the server's mark-up of it

// ── telling ──

function toast (text, { bad = false, undo = null } = {}) {
  const box = document.createElement('p')
  box.className = bad ? 'toast bad' : 'toast'
  const words = document.createElement('span')
  words.textContent = text
  box.append(words)
  if (undo) {
    const button = document.createElement('button')
    button.type = 'button'
    button.textContent = say('undo')
    button.addEventListener('click', () => { box.remove(); act('undo', undo) })
    box.append(button)
  }
  $$('#toasts .toast').slice(0, -1).forEach((old) => old.remove())
  $('#toasts').append(box)
  setTimeout(() => box.remove(), bad ? 12000 : 8000)
}

// ── acting: one after another, each on the draft that is shown then ──

function post (where, what, settled = () => {}) {
  queue = queue.then(async () => {
    let answer
    try {
      answer = await fetch(where, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-desk-key': $('meta[name="desk-key"]').content },
        body: JSON.stringify({ ...what, seen })
      })
    } catch { settled(false); toast(say('offline'), { bad: true }); return null }
    const told = await answer.json().catch(async () => ({ error: say('failed') }))
    settled(answer.ok)
    if (!answer.ok) {
      toast(told.error || say('failed'), { bad: true })
      await refresh()
      return null
    }
    seen = told.seen || seen
    last = told.undo || null
    if (told.told) toast(told.told, { undo: told.undo })
    await refresh()
    return told
  })
  return queue
}
const act = (verb, what, settled) => post('/edit', { verb, ...what }, settled)
const by = () => ($('#by')?.value || localStorage.getItem('by') || say('by') || '').trim()

// ── keeping up to date ──

const parts = (root) => $$('[data-part]', root).filter((one) => !one.parentElement.closest('[data-part]'))

let drawing = false // a field that a new page takes away was not left by anybody

async function refresh () {
  let answer
  try { answer = await fetch(location.href, { headers: { accept: 'text/html' } }) } catch { return }
  if (!answer.ok) return
  const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html')
  const kept = keep()
  drawing = true
  try { draw(fresh, kept) } finally { drawing = false }
}

function draw (fresh, kept) {
  $('meta[name="desk-key"]').content = $('meta[name="desk-key"]', fresh).content
  seen = fresh.body.dataset.seen || seen
  const list = $('[data-list]')
  const freshList = $('[data-list]', fresh)
  const known = new Map(parts(document).map((one) => [one.dataset.part, one]))
  const wanted = parts(fresh)
  const structure = (root) => parts(root).filter((one) => !one.closest('[data-list]')).map((one) => one.dataset.part).join()
  if (structure(document) !== structure(fresh)) {
    const frame = $('#mail')?.dataset.src
    const main = document.importNode($('main', fresh), true)
    if (frame && $('#mail', main)?.dataset.src === frame && list && freshList) return void patchLoose(fresh, known, wanted, kept)
    $('main').replaceWith(main)
    for (const name of ['top', 'tabs', 'notices']) swapPart(known.get(name), wanted.find((one) => one.dataset.part === name))
  } else {
    if (list && freshList) relist(list, freshList, known)
    for (const one of wanted) if (!one.closest('[data-list]')) swapPart(known.get(one.dataset.part), one)
  }
  finish(fresh, kept)
}

// The main column gained or lost a part (the held-back bay, the banner) while the email stays as it is.
function patchLoose (fresh, known, wanted, kept) {
  relist($('[data-list]'), $('[data-list]', fresh), known)
  const names = wanted.map((one) => one.dataset.part)
  for (const one of parts(document)) if (!one.closest('[data-list]') && !names.includes(one.dataset.part)) one.remove()
  for (const one of wanted) {
    if (one.closest('[data-list]')) continue
    const old = known.get(one.dataset.part)
    if (old && old.isConnected) { swapPart(old, one); continue }
    const before = one.previousElementSibling
    const anchor = before && (before.id ? document.getElementById(before.id) : $(`[data-part="${before.dataset.part}"]`))
    if (anchor) anchor.after(document.importNode(one, true))
  }
  finish(fresh, kept)
}

function swapPart (old, fresh) {
  if (!old || !fresh) return
  const text = fresh.outerHTML
  if (sources.get(fresh.dataset.part) === text) return
  sources.set(fresh.dataset.part, text)
  old.replaceWith(document.importNode(fresh, true))
}

function relist (list, fresh, known) {
  const stay = new Set()
  let at = null
  for (const one of [...fresh.children]) {
    const name = one.dataset.part
    let node = known.get(name)
    if (!node || node.parentElement !== list || sources.get(name) !== one.outerHTML) {
      const made = document.importNode(one, true)
      if (node && node.parentElement === list) node.replaceWith(made)
      node = made
      sources.set(name, one.outerHTML)
    }
    const next = at ? at.nextElementSibling : list.firstElementChild
    if (next !== node) at ? at.after(node) : list.prepend(node)
    at = node
    stay.add(node)
  }
  for (const one of [...list.children]) if (!stay.has(one)) one.remove()
}

// What must outlive a new page: words that somebody is typing, what is laid open, where the focus is.
function keep () {
  const focus = document.activeElement
  return {
    focus: focus && focus.id,
    range: focus && 'selectionStart' in focus && focus.type !== 'checkbox' ? [focus.selectionStart, focus.selectionEnd] : null,
    dirty: $$('textarea, input:not([type=checkbox])').filter((one) => one.id && one.value !== one.defaultValue).map((one) => [one.id, one.value]),
    open: $$('details[open]').map((one) => one.id),
    form: $('.mail-bar [aria-pressed="true"]')?.dataset.form,
    here: $('.story.here')?.id
  }
}

function finish (fresh, kept) {
  document.title = fresh.title
  for (const [id, value] of kept.dirty) { const one = document.getElementById(id); if (one) { one.value = value; grow(one) } }
  for (const id of kept.open) { const one = document.getElementById(id); if (one && !one.open) one.open = true }
  if (kept.form) show(kept.form)
  if (kept.here) {
    document.getElementById(kept.here)?.classList.add('here')
    const frame = $('.mail #mail')
    if (frame && !frame.src.includes('#')) frame.src = `${frame.dataset.src}#${kept.here}` // it was drawn anew
  }
  const focus = kept.focus && document.getElementById(kept.focus)
  if (focus && focus !== document.activeElement) {
    focus.focus({ preventScroll: true })
    if (kept.range && 'setSelectionRange' in focus) try { focus.setSelectionRange(...kept.range) } catch { /* a kind of field without a selection */ }
  }
  const dialog = $('dialog', fresh)
  if (dialog && $('dialog') && !$('dialog').open) $('dialog').replaceWith(document.importNode(dialog, true))
  $$('textarea.line').forEach(grow)
}

function listen () {
  const wire = $('#wire')
  const words = wire.textContent
  const stream = new EventSource('/events')
  let told = null
  stream.onmessage = (event) => {
    wire.textContent = words
    wire.classList.remove('off')
    if (told !== null && told !== event.data) queue = queue.then(refresh)
    told = event.data
  }
  stream.onerror = () => { wire.textContent = say('offline'); wire.classList.add('off'); told = told === null ? null : '' }
}

// ── the email beside the stories ──

function show (form) {
  const frame = $('.mail .mail-frame')
  if (!frame) return
  frame.classList.remove('desktop', 'phone', 'dark')
  frame.classList.add(form)
  for (const one of $$('.mail-bar [data-form]')) one.setAttribute('aria-pressed', String(one.dataset.form === form))
}

function here (story) {
  if (!story || story.classList.contains('here')) return
  $$('.story.here').forEach((one) => one.classList.remove('here'))
  story.classList.add('here')
  const frame = $('.mail #mail')
  if (frame) frame.src = `${frame.dataset.src}#${story.id}` // only the fragment changes: the frame scrolls
}

// ── words ──

const grow = (field) => {
  if (!field.matches?.('textarea.line') || CSS.supports('field-sizing', 'content')) return
  field.style.height = 'auto'
  field.style.height = `${field.scrollHeight}px`
}

function save (field) {
  const words = field.value
  if (drawing || !field.isConnected) return // a new page took the field away; nobody has left it
  if (words === field.defaultValue || words === field.dataset.sent) return
  field.dataset.sent = words // on its way: leaving the field again does not send it twice
  field.classList.add('busy')
  const key = field.dataset.words
  const what = { words: words.replaceAll('\n', ' ').trim() }
  const settled = (good) => {
    const now = document.getElementById(field.id) || field
    delete now.dataset.sent
    now.classList.remove('busy')
    if (good && now.value === words) now.defaultValue = words // else it is typed over already, or was refused
  }
  if (key === 'subject') act('subject', { ...what, issue: field.dataset.issue }, settled)
  else act('words', { ...what, key, story: field.closest('[data-story]').dataset.story }, settled)
}

// ── order ──

const order = () => $$('#stories > [data-story]').map((one) => one.dataset.story)
const reorder = () => act('order', { stories: order() })

function move (story, by) {
  const other = by < 0 ? story.previousElementSibling : story.nextElementSibling
  if (!other) return
  by < 0 ? other.before(story) : other.after(story)
  here(story)
  story.scrollIntoView({ block: 'nearest' })
  reorder().then(() => $('.grip', document.getElementById(story.id))?.focus())
}

function drag (event, story) {
  if (event.button) return
  event.preventDefault()
  const grip = event.target.closest('.grip')
  grip.setPointerCapture(event.pointerId)
  story.classList.add('drag')
  const before = order().join()
  const list = story.parentElement
  const go = (now) => {
    const over = [...list.children].find((one) => one !== story && inside(one, now.clientY))
    if (over) {
      const box = over.getBoundingClientRect()
      now.clientY < box.top + box.height / 2 ? over.before(story) : over.after(story)
      if (!grip.hasPointerCapture(event.pointerId)) grip.setPointerCapture(event.pointerId)
    }
    if (now.clientY < 120) scrollBy(0, -18)
    if (now.clientY > innerHeight - 60) scrollBy(0, 18)
  }
  const end = () => {
    document.removeEventListener('pointermove', go)
    document.removeEventListener('pointerup', end)
    document.removeEventListener('pointercancel', end)
    story.classList.remove('drag')
    if (order().join() !== before) reorder()
  }
  document.addEventListener('pointermove', go)
  document.addEventListener('pointerup', end)
  document.addEventListener('pointercancel', end)
}
const inside = (one, y) => { const box = one.getBoundingClientRect(); return y >= box.top && y <= box.bottom }

// ── what is clicked, typed and pressed ──

const PLAIN = ['act', 'words', 'part']
function clicked (event) {
  const button = event.target.closest('button')
  const story = event.target.closest('.story')
  if (story) here(story)
  if (!button) return
  const data = button.dataset
  if (data.act) {
    const what = Object.fromEntries(Object.entries(data).filter(([name]) => !PLAIN.includes(name)))
    if (data.act === 'subject') what.words = data.words
    if (data.unlinked) what.unlinked = true
    button.disabled = true
    act(data.act, what).then(() => { button.disabled = false })
  } else if (data.move) move(story, Number(data.move))
  else if (data.form) show(data.form)
  else if (data.split) {
    const seeds = $$('[name="seed"]:checked', story).map((one) => one.value)
    if (seeds.length) act('split', { story: data.split, seeds })
  } else if (data.copy !== undefined) copy(data.copy)
  else if (data.dialog) { const box = document.getElementById(data.dialog); const name = localStorage.getItem('by'); if (name) $('#by').value = name; box.showModal(); $('#send-now').focus() }
  else if (data.deed) {
    const name = by()
    if (!name) { $('#by')?.reportValidity(); return }
    localStorage.setItem('by', name)
    button.disabled = true
    post(`/${data.deed}`, { by: name }).then(() => { button.disabled = false; $('dialog[open]')?.close() })
  }
}

async function copy (text) {
  try { await navigator.clipboard.writeText(text) } catch {
    const field = document.createElement('textarea')
    field.value = text
    document.body.append(field)
    field.select()
    document.execCommand('copy')
    field.remove()
  }
  toast(say('copied'))
}

function changed (event) {
  const field = event.target
  if (field.matches('textarea[data-words]')) save(field)
  else if (field.dataset.mark) post('/mark', { post: field.dataset.mark, by: by(), on: field.checked })
  else if (field.dataset.join && field.value) act('join', { story: field.dataset.join, other: field.value })
}

function pressed (event) {
  const field = event.target
  const typing = field.matches('input:not([type=checkbox]), textarea, select')
  if (typing) {
    if (field.matches('textarea.line') && event.key === 'Enter' && !event.isComposing) { event.preventDefault(); field.blur() }
    if (field.matches('textarea.line') && event.key === 'Escape') { field.value = field.defaultValue; field.blur() }
    return
  }
  if (event.ctrlKey || event.metaKey || $('dialog[open]')) return
  const story = field.closest('.story') || $('.story.here')
  if (event.altKey) {
    if (story && ['ArrowUp', 'ArrowDown'].includes(event.key)) { event.preventDefault(); move(story, event.key === 'ArrowUp' ? -1 : 1) }
    return
  }
  if (event.key === 'z' && last) { act('undo', last); return }
  if (!$('#stories')) return
  // Only where the focus is: a stray key drops nothing.
  if (event.key === 'x' && story?.contains(field)) { act('drop', { story: story.dataset.story }); return }
  if (event.key === 'j' || event.key === 'k') {
    const all = $$('#stories > .story')
    const at = all.indexOf(story)
    const next = all[at < 0 ? 0 : Math.min(all.length - 1, Math.max(0, at + (event.key === 'j' ? 1 : -1)))]
    if (next) { here(next); $('.grip', next).focus({ preventScroll: true }); next.scrollIntoView({ block: 'start' }) }
  }
}

function opened (event) {
  const box = event.target
  if (!box.open || !box.dataset?.load) return
  const inner = $('.laid', box)
  fetch(box.dataset.load).then((answer) => answer.ok ? answer.text() : '').then((text) => {
    const made = new DOMParser().parseFromString(text, 'text/html')
    inner.replaceChildren(...[...made.body.childNodes].map((one) => document.importNode(one, true)))
  }).catch(() => {})
}

document.addEventListener('click', clicked)
document.addEventListener('change', changed)
// Words that were refused are sent again when their field is left once more, changed or not.
document.addEventListener('focusout', (event) => { if (event.target.matches('textarea[data-words]')) save(event.target) })
document.addEventListener('keydown', pressed)
document.addEventListener('toggle', opened, true)
document.addEventListener('input', (event) => grow(event.target))
document.addEventListener('focusin', (event) => here(event.target.closest('.story')))
document.addEventListener('pointerdown', (event) => { const grip = event.target.closest('.grip'); if (grip) drag(event, grip.closest('.story')) })
document.addEventListener('submit', (event) => {
  const form = event.target
  if (!form.dataset.release) return
  event.preventDefault()
  const field = form.elements.source
  if (!field.value.trim()) { field.focus(); return }
  act('release', { seed: form.dataset.release, source: field.value.trim() })
})
// An address that is pasted is what was wanted: no further key.
document.addEventListener('paste', (event) => {
  const form = event.target.closest?.('[data-release]')
  if (form) setTimeout(() => { if (/^https?:\/\/[^\s/]+\.[^\s]+$/.test(form.elements.source.value.trim())) form.requestSubmit() })
})
for (const one of parts(document)) sources.set(one.dataset.part, one.outerHTML)
$$('textarea.line').forEach(grow)
listen()
