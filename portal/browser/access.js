// Mends what Streamlit's markup lacks for those who listen or use the keyboard alone. Texts: see swedish.js.
(() => {
  const give = (element, name, value) => {
    if (element.getAttribute(name) !== value) element.setAttribute(name, value)
  }

  // The menu's list has groups (div with header and links) as children, which no list may have:
  // each group becomes a list of its own, named by its header.
  const mendMenu = () => {
    for (const list of document.querySelectorAll("[data-testid=stSidebarNavItems]")) {
      if (!list.querySelector(":scope > div > li")) continue
      give(list, "role", "presentation")
      for (const group of list.children) {
        const header = group.querySelector(":scope > header")
        const links = [...group.children].filter((child) => child.tagName === "LI")
        give(group, "role", "group")
        if (header) give(group, "aria-label", header.firstElementChild.textContent.trim())
        links.forEach((item) => give(item, "role", "presentation"))
      }
    }
  }

  // A menu folded away lies outside the window, where the Tab key would go through its links unseen.
  const mendFoldedMenu = () => {
    const menu = document.querySelector("[data-testid=stSidebar]")
    if (menu) menu.inert = menu.dataset.collapsed === "true"
  }

  // A chart is one picture with a text of its own, and its figures stand in the table below:
  // the hundred marks inside it would be read one by one, in English.
  const mendCharts = () => {
    for (const chart of document.querySelectorAll(".stVegaLiteChart[aria-label]")) {
      give(chart, "role", "img")
      chart.removeAttribute("aria-roledescription")
      chart.querySelectorAll(":scope > svg").forEach((picture) => give(picture, "aria-hidden", "true"))
    }
  }

  // A table that fits is no stop for the Tab key; one that scrolls is.
  const mendTables = () => {
    for (const frame of document.querySelectorAll(".portal-scroll")) {
      give(frame, "tabindex", frame.scrollWidth > frame.clientWidth ? "0" : "-1")
    }
  }

  // The place where files are dropped is marked as decoration and has a name: a group, then.
  const mendDropzones = () => {
    for (const zone of document.querySelectorAll("[data-testid=stFileUploaderDropzone][role=presentation]")) {
      give(zone, "role", "group")
    }
  }

  // Streamlit's headings are chosen by their size. Each is said one level below the nearest larger one above it.
  const mendHeadings = () => {
    const larger = []
    for (const heading of document.querySelectorAll(".stMain :is(h1, h2, h3, h4, h5, h6)")) {
      const size = Number(heading.tagName[1])
      while (larger.length && larger.at(-1) >= size) larger.pop()
      larger.push(size)
      if (larger.length === size) heading.removeAttribute("aria-level")
      else give(heading, "aria-level", String(larger.length))
    }
  }

  // The page as a whole is a stop for the Tab key where it has no other: it must scroll without a mouse.
  const mendMain = () => {
    const main = document.querySelector("[data-testid=stMain]")
    const stops = main?.querySelectorAll("a[href], button, input, textarea, summary, [tabindex='0']") ?? []
    if (main) give(main, "tabindex", [...stops].some((stop) => stop.checkVisibility()) ? "-1" : "0")
  }

  // A page chosen in the menu is read from its heading; the menu would keep the focus, and on a telephone cover the page.
  let shown = location.pathname
  let isFollowing = false
  const followToPage = () => {
    if (location.pathname !== shown) {
      shown = location.pathname
      isFollowing = true
      document.querySelector("[data-testid=stMain]")?.focus({ preventScroll: true })
      foldMenu()
    }
    const heading = document.querySelector(".stMain h1")
    if (!isFollowing || !heading || document.querySelector("[data-test-script-state=running]")) return
    isFollowing = false
    heading.tabIndex = -1
    if (document.activeElement?.matches("body, .stMain")) heading.focus({ preventScroll: true })
  }
  // Streamlit folds it away on what calls itself a telephone, not in a window as narrow as one.
  const foldMenu = () => {
    if (innerWidth > 768) return
    document.querySelector("[data-testid=stSidebar][data-collapsed=false] [data-testid=stSidebarCollapseButton] button")?.click()
  }

  // After a decision the next case is read from its beginning too; the page would stay where the last one ended.
  let top
  const followToTop = () => {
    const name = document.querySelector("[data-portal-top]")?.dataset.portalTop
    if (name && top && name !== top) document.querySelector("[data-testid=stMain]")?.scrollTo(0, 0)
    top = name ?? top
  }

  // A mark leads to a list below a chart, which is drawn later and would push the list away: the page follows it
  // until it is used. A login on the way there is no use of it.
  let aim = location.hash.slice(1)
  const aimedPage = location.pathname
  const following = new AbortController()
  const stopFollowing = () => {
    if (document.querySelector("input[type=password]")) return
    aim = ""
    following.abort()
  }
  const followToPlace = () => {
    const place = aim && location.pathname === aimedPage && document.getElementById(aim)
    const page = place && document.querySelector("[data-testid=stMainBlockContainer]")
    if (!page) return
    const name = aim
    aim = ""
    place.tabIndex = -1
    if (document.activeElement?.matches("body, .stMain, h1")) place.focus({ preventScroll: true })
    const growth = new ResizeObserver(() => document.getElementById(name)?.scrollIntoView())
    growth.observe(page)
    following.signal.addEventListener("abort", () => growth.disconnect())
    setTimeout(stopFollowing, 10_000)
  }
  for (const use of aim ? ["wheel", "touchstart", "pointerdown", "keydown"] : [])
    addEventListener(use, stopFollowing, { capture: true, passive: true, signal: following.signal })

  // What a press did, or why it was refused, is read first: a message drawn anew takes the focus, once.
  let answered
  let asked = -Infinity
  const followToAnswer = () => {
    const mark = [...document.querySelectorAll("[data-portal-focus]")].at(-1)
    if (document.querySelector("[role=dialog]")) asked = performance.now()
    if (!mark || mark.dataset.portalFocus === answered) return
    if (document.querySelector("[data-test-script-state=running]")) return
    const moment = asked + 500 - performance.now() // a dialog that closes gives the focus back to its button
    if (moment > 0) return setTimeout(followToAnswer, moment)
    answered = mark.dataset.portalFocus
    const message = [...mark.closest(".stVerticalBlock").querySelectorAll("[data-testid=stAlertContainer], h1")].at(-1)
    if (!message) return
    message.tabIndex = -1
    message.focus()
  }

  // A summary of what is wrong (portal/ui/base/faults.py) leads to its fields; each is marked and has its words.
  const boxOf = (name) => document.querySelector(`.${name} :is(input, textarea)`)
  const markFaults = () => {
    const faults = new Map([...document.querySelectorAll("[data-portal-fault]")].map((fault) => [fault.dataset.portalFault, fault]))
    for (const box of document.querySelectorAll("[data-portal-faulty]")) {
      if (faults.has(box.dataset.portalFaulty)) continue
      for (const name of ["aria-invalid", "aria-describedby", "data-portal-faulty"]) box.removeAttribute(name)
      box.closest("[data-portal-words]")?.removeAttribute("data-portal-words")
    }
    for (const [name, fault] of faults) {
      const box = boxOf(name)
      if (!box) continue
      fault.id = `fault-${name}`
      give(box, "data-portal-faulty", name)
      give(box, "aria-invalid", "true")
      give(box, "aria-describedby", fault.id)
      give(box.closest(".stElementContainer"), "data-portal-words", fault.textContent)
    }
  }
  document.addEventListener("click", (event) => {
    const name = event.target.closest?.('.stAlert a[href*="#st-key-"]')?.hash.slice(1)
    const box = name && boxOf(name)
    if (!box) return
    event.preventDefault()
    box.focus()
    box.closest(".stElementContainer").scrollIntoView({ block: "center" })
  }, true)

  // The form's boxes keep the month before beneath them, where what is typed would hide it.
  const keepBefore = () => {
    for (const box of document.querySelectorAll('[class*="st-key-form-"] input[placeholder]')) {
      if (box.placeholder.startsWith("förra")) give(box.closest(".stElementContainer"), "data-portal-before", box.placeholder)
    }
  }

  // A choice on a page is written to its address: Back leads to the page before, not through the choices.
  const push = history.pushState.bind(history)
  history.pushState = (state, title, url) =>
    new URL(url ?? "", location).pathname === location.pathname
      ? history.replaceState(state, title, url)
      : push(state, title, url)

  let isWaiting = false
  const mendSoon = () => {
    if (isWaiting) return
    isWaiting = true
    requestAnimationFrame(() => {
      isWaiting = false
      mendMenu()
      mendFoldedMenu()
      mendCharts()
      mendTables()
      mendMain()
      mendDropzones()
      mendHeadings()
      followToPage()
      followToTop()
      followToPlace()
      followToAnswer()
      markFaults()
      keepBefore()
    })
  }

  new MutationObserver(mendSoon).observe(document.documentElement, {
    childList: true, subtree: true, attributeFilter: ["data-test-script-state", "data-collapsed"], // what has come of a press, too
  })
  window.addEventListener("resize", mendSoon)
  mendSoon()

  // Several cells pasted or dropped in one box would be joined to one number (2 and 341 to "2 341"): they stay apart.
  const keepApart = (event, transfer) => {
    const text = (transfer?.getData("text/plain") ?? "").trim()
    if (event.target.matches?.('[data-testid="stNumberInput"] input')) return keepNumber(event, text)
    const isBox = event.target.matches?.('[data-testid="stTextInput"] input[type="text"]')
    if (!isBox || !/[\t\r\n]/.test(text)) return
    event.preventDefault()
    event.target.focus()
    const cells = text.split(/[\t\r\n]+/).map((cell) => cell.trim()).join(" | ")
    document.execCommand("insertText", false, cells)
    // A box too short for them takes nothing.
    setTimeout(() => event.target.value.includes(cells) || refuse(event.target, "Rutan tar en cell."), 100)
  }
  // A box of Streamlit's for numbers leaves out what is no digit: 12,5 would become 125. It takes one whole number.
  const keepNumber = (event, text) => {
    if (/^\d+([ \u00a0\u202f]\d{3})*$/.test(text)) return
    event.preventDefault()
    refuse(event.target, "Rutan tar ett helt tal, från en cell.")
  }
  const refuse = (box, words) => {
    box.setCustomValidity(words)
    box.reportValidity()
    for (const left of ["input", "blur"]) box.addEventListener(left, () => box.setCustomValidity(""), { once: true })
  }
  // Text that a button stores: typed in a box, and no button pressed since. The browser asks before it is lost.
  const written = new Set()
  const isStoredByButton = (box) => box.matches?.(".stMain .stTextArea textarea") ||
    (box.matches?.('.stMain .stForm .stTextInput input[type="text"]') && !box.closest(".stForm").querySelector('[autocomplete$="password"]'))
  const isSelfSaving = (box) => Boolean(box.matches?.('[class*="st-key-form-"] input[type="text"]'))
  let typed = -Infinity
  let sent = 0
  let heard = 0
  const leave = (box) => box.dispatchEvent(new FocusEvent("focusout", { bubbles: true })) // what Streamlit takes up
  document.addEventListener("input", (event) => {
    if (isStoredByButton(event.target)) written.add(event.target)
    if (isSelfSaving(event.target)) typed = performance.now()
  }, true)
  const isButton = (target) => Boolean(target.closest?.(":is(.stButton, .stFormSubmitButton) button"))
  document.addEventListener("pointerdown", (event) => {
    if (isButton(event.target)) written.forEach(leave) // those left while the network was away, too
  }, true)
  let pressed = -Infinity
  let handedOver = [] // what the last press was to store: not stored where the page says an error
  const notePress = () => {
    handedOver = [...written]
    written.clear()
    pressed = performance.now()
    document.querySelector(".portal-unanswered")?.remove()
  }
  const stop = (event) => {
    event.preventDefault()
    event.stopImmediatePropagation()
  }
  const isUnsaved = (box) => box.isConnected && box.value
  const isWritten = () => {
    const isRefused = document.querySelector('[data-testid="stAlertContentError"]')
    return [...written, ...(isRefused ? handedOver : [])].some(isUnsaved)
  }
  // A text of another chapter, which the page keeps; while a press is carried out the mark may be of before it.
  const isKept = () => document.querySelector("[data-portal-unsaved]") && !document.querySelector("[data-test-script-state=running]")
  const mayLose = () => {
    if (isSelfSaving(document.activeElement)) leave(document.activeElement)
    return typed > sent || isWritten() || isKept()
  }
  // The menu opens another page without leaving this one, and a logout ends it: they ask as the browser does.
  const question = "Det du skrev är inte sparat. Vill du lämna sidan ändå?"
  const ways = '[data-testid="stSidebarNavLink"], [data-testid^="stPageLink"] a, .st-key-log-out button'
  // What a box has sent is stored when the page has been drawn anew: before that, leaving the page would lose it.
  const isTaken = () => typed < sent && sent < heard && performance.now() - heard > 200 &&
    !document.querySelector("[data-test-script-state=running]")
  let isLeaving = false
  const whenTaken = (act, since = performance.now()) => {
    const longest = typed > sent ? 500 : 3000 // where the network is away, the second time asks
    if (isTaken() || performance.now() - since > longest) act()
    else setTimeout(() => whenTaken(act, since), 100)
  }
  document.addEventListener("click", (event) => {
    const way = event.target.closest?.(ways)
    if (!way || event.ctrlKey || event.metaKey || event.shiftKey) return
    const isLosing = mayLose()
    if (event.isTrusted && typed > -Infinity && !isTaken()) {
      stop(event)
      if (!isLeaving) whenTaken(() => { isLeaving = false; way.click() }) // pressed again meanwhile: once is enough
      isLeaving = true
      return
    }
    if (!isLosing) return
    if (!confirm(question)) return stop(event)
    written.clear()
    handedOver = []
  }, true)
  // Another chapter, chosen with the pointer or the arrow keys, asks too; the page keeps the text.
  const chapterQuestion = "Texten är inte sparad. Den står kvar tills du lämnar sidan. Vill du byta kapitel ändå?"
  const leaveChapter = (event) => {
    const isChoice = event.type === "click" || event.key.startsWith("Arrow")
    if (!isChoice || !event.target.closest?.(".st-key-report-contents label") || !isWritten()) return
    if (!confirm(chapterQuestion)) return stop(event)
    written.clear()
    handedOver = []
  }
  document.addEventListener("click", leaveChapter, true)
  document.addEventListener("keydown", leaveChapter, true)
  // Pressed twice in a row is pressed once: the second would be refused, or do the same again.
  let lastButton
  document.addEventListener("click", (event) => {
    const button = isButton(event.target) && event.target.closest("button")
    if (!button) return
    if (event.detail > 1 && button === lastButton && performance.now() - pressed < 500) return stop(event)
    lastButton = button
    notePress()
  }, true)
  document.addEventListener("keydown", (event) => {
    const isSent = event.ctrlKey || event.metaKey ? ".stForm textarea" : ".stForm input"
    if (event.key === "Enter" && event.target.matches?.(isSent)) notePress()
  }, true)
  window.addEventListener("beforeunload", (event) => mayLose() && event.preventDefault())

  // A press that went out as the network was away is never answered: the page says so.
  const sockets = new WeakSet()
  let isUnanswered = false
  const sayUnanswered = () => {
    if (!isUnanswered) return
    isUnanswered = false
    say("portal-unanswered", "Kontakten med portalen bröts. Det senaste trycket kom kanske inte fram: se efter och tryck igen.")
  }
  const say = (kind, sentence) => {
    const notice = document.createElement("div")
    notice.className = kind
    notice.setAttribute("role", "alert")
    notice.textContent = sentence
    document.querySelector(`.${kind}`)?.remove()
    document.body.append(notice)
  }

  // While nothing answers the page says so; Streamlit goes on trying by itself.
  let away
  const sayAway = () => {
    clearTimeout(away)
    away = setTimeout(() => say("portal-away", "Portalen svarar inte just nu. Sidan fortsätter av sig själv när den är tillbaka."), 3000)
  }
  const sayBack = () => {
    clearTimeout(away)
    document.querySelector(".portal-away")?.remove()
  }
  // Streamlit would ask beneath the page's own path first, and wait a while before it tries where the server is.
  window.__streamlit = { BACKEND_BASE_URL: location.origin }
  const Socket = window.WebSocket
  window.WebSocket = class extends Socket {
    constructor(...address) {
      super(...address)
      this.addEventListener("close", sayAway)
      this.addEventListener("open", sayBack)
    }
  }
  const send = Socket.prototype.send
  Socket.prototype.send = function (data) {
    if (!sockets.has(this)) {
      sockets.add(this)
      this.addEventListener("message", () => {
        heard = performance.now()
        isUnanswered = false
      })
      this.addEventListener("close", sayUnanswered)
    }
    sent = performance.now()
    if (sent - pressed < 1000) isUnanswered = true
    return send.call(this, data)
  }

  document.addEventListener("paste", (event) => keepApart(event, event.clipboardData), true)
  document.addEventListener("drop", (event) => keepApart(event, event.dataTransfer), true)
})()
