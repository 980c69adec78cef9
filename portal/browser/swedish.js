// Streamlit has no translations (streamlit/streamlit issue 1353): its own English texts are replaced here as they appear.
(() => {
  const months = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December"]
  const inSwedish = ["januari", "februari", "mars", "april", "maj", "juni", "juli", "augusti", "september", "oktober",
    "november", "december"]
  const month = (english) => inSwedish[months.indexOf(english)] ?? english

  const texts = new Map([
    ["Use arrow keys to navigate dates. Enter to select. Escape to close.",
      "Gå mellan dagarna med piltangenterna. Enter väljer, Escape stänger."],
    ["Error:", "Fel:"],
    ["Empty", "Tomt"],
    ["Clear date", "Ta bort datumet"],
    ["Clear entry", "Töm fältet"],
    ["Increment", "Öka"],
    ["Decrement", "Minska"],
    ["Selected values", "Valda"],
    ["Show chart", "Visa diagrammet"],
    ["Show data", "Visa siffrorna"],
    ["Download as PNG", "Ladda ner bilden"],
    ["Is this an error?", "Är något fel?"],
    ["Please wait...", "Vänta lite …"],
    ["Loading...", "Hämtar …"],
    ["Uploading...", "Skickar upp filen …"],
    ["Network Error", "Ingen kontakt med portalen"],
    ["This field is required.", "Fältet måste fyllas i."],
    ["Required", "Måste fyllas i"],
    ["Close dialog", "Stäng rutan"],
    ["Dismiss", "Stäng"],
    ["Clear selection", "Avmarkera"],
    ["Sort ascending", "Sortera stigande"],
    ["Sort descending", "Sortera fallande"],
    ["Light", "Ljust"],
    ["Dark", "Mörkt"],
    ["Use system setting", "Som datorns inställning"],
    ["No matching options", "Inga träffar"],
    ["Upload", "Välj fil"],
    ["Browse files", "Välj fil"],
    ["Drag and drop file here", "Dra filen hit"],
    ["Drag and drop files here", "Dra filerna hit"],
    ["Drag and drop a file here", "Dra en fil hit"],
    ["Page not found", "Sidan finns inte"],
    ["Connection error", "Ingen kontakt med portalen"],
    ["Connecting", "Ansluter"],
    ["Running...", "Hämtar …"],
    ["Rerun", "Ladda om"],
    ["Stop", "Avbryt"],
    ["Close", "Stäng"],
    ["Choose an option", "Välj"],
    ["Choose options", "Välj"],
    ["No options to select", "Inget att välja"],
    ["No results", "Inga träffar"],
    ["Select all", "Markera alla"],
    ["Skip to main content", "Hoppa till innehållet"],
    ["View more", "Visa fler"],
    ["View less", "Visa färre"],
    ["Show/hide columns", "Visa eller dölj kolumner"],
    ["Search", "Sök"],
    ["Fullscreen", "Helskärm"],
    ["Close fullscreen", "Stäng helskärm"],
    ["Download as CSV", "Ladda ner som CSV"],
    ["Press Enter to submit form", "Tryck Enter för att skicka"],
    ["Press Enter to apply", "Tryck Enter"],
    ["Settings", "Inställningar"],
    ["Print", "Skriv ut"],
    ["Expand sidebar", "Öppna menyn"],
    ["Collapse sidebar", "Stäng menyn"],
    ["App pages", "Sidor"],
    ["Main menu", "Inställningar"],
    // Without the word for password: a second element with the field's label would confuse those who look for it.
    ["Show password", "Visa tecknen"],
    ["Hide password", "Dölj tecknen"],
    ["Show password text", "Visa tecknen"],
    ["Hide password text", "Dölj tecknen"],
    ["Clear value", "Rensa"],
    ["Clear all", "Rensa"],
    ["Remove file", "Ta bort filen"],
    ["open", "öppna"],
    ["Open", "Öppna"],
    ["Sidebar", "Meny"],
    ["file upload", "Filer"],
    ["Add files", "Lägg till filer"],
    ["Add file", "Lägg till fil"],
    ["Help", "Hjälp"],
    ["Link to heading", "Länk till rubriken"],
    ["Copy to clipboard", "Kopiera"],
    ["Data table", "Tabell"],
    ["Choose date", "Välj datum"],
    ["Previous month", "Månaden före"],
    ["Next month", "Månaden efter"],
    // A chart's parts, as screen readers say them.
    ["visualization", "diagram"],
    ["axis", "axel"],
    ["legend", "teckenförklaring"],
    ["line mark", "linje"],
    ["line mark container", "linjer"],
    ["symbol mark container", "punkter"],
    ["point", "punkt"],
    ["rule mark container", "gränser"],
    ["rect mark container", "fält"],
    ["bar", "stapel"],
    ["group mark container", "diagrammets delar"],
  ])
  const patterns = [
    [/^Selected Date: (\w+) (\d+), (\d+)$/, (_, name, day, year) => `Valt datum: ${day} ${month(name)} ${year}`],
    [/^(\d\d) – (\w+)$/, (_, number, name) => `${number} – ${month(name)}`],
    [/^File must be (.+) or smaller\.$/,
      () => "Filen är för stor, inget är sparat. Dela upp den eller spara bara bladet med siffrorna som .xlsx."],
    [/^(\d+)\.(\d)\s?(B|KB|MB)$/, (_, whole, part, unit) => `${whole},${part} ${unit}`],
    [/^(\d+) options? available\.$/, (_, count) => `${count} att välja på.`],
    [/^Help for (.+)$/, (_, field) => `Hjälp: ${field}`],
    [/^Select (\d+) matches$/, (_, count) => `Välj ${count} träffar`],
    [/^Add: (.+)$/, (_, what) => `Lägg till: ${what}`],
    [/^(?:Limit )?\d+\s?MB per file.*$/, () => ""], // each label says what it takes, and how large
    [/^The page that you have requested does not seem to exist\..*$/, () => "Adressen leder ingenstans. Du är på startsidan."],
    [/^You have requested page (\/\S*), but no corresponding file.*$/s, (_, path) => `Det finns ingen sida ${path}. Du är på startsidan.`],
    [/^(?:Is )?Streamlit (?:still running|server is not responding).*$/s, () => "Portalen svarar inte. Är du ansluten till nätet? Vi försöker igen."],
    [/^(.+) must be (.+?) or smaller\.$/, (_, what, size) => `${what}: högst ${size}.`],
    [/^Choose date, (.+)$/, (_, date) => `Välj datum, ${date}`],
    [/^(year|month|day), (.+)$/, (_, part, field) => `${{ year: "år", month: "månad", day: "dag" }[part]}, ${field}`],
    [/^Show data: (.+)$/s, (_, chart) => `Visa siffrorna: ${chart}`],
    [/^Download as PNG: (.+)$/s, (_, chart) => `Ladda ner bilden: ${chart}`],
    [/^Copy Vega-Lite spec: (.+)$/s, (_, chart) => `Kopiera diagrammets beskrivning: ${chart}`],
    [/^Fullscreen: (.+)$/s, (_, chart) => `Helskärm: ${chart}`],
    [/^Remove (.+)$/, (_, file) => `Ta bort ${file}`],
    [/^\w+ icon$/, () => "symbol"],
  ]
  const attributes = ["aria-label", "aria-roledescription", "aria-valuetext", "title", "placeholder", "alt"]
  const skipped = "[data-testid='stMarkdownContainer'], [data-testid='stTable'], script, style, textarea"

  const ours = "button, [role='dialog'], [data-testid^='stFileUploader']" // Streamlit draws these with markdown too

  const translated = (text) => {
    const bare = text.trim()
    if (texts.has(bare)) return text.replace(bare, () => texts.get(bare))
    for (const [pattern, replace] of patterns) {
      if (pattern.test(bare)) return text.replace(bare, () => bare.replace(pattern, replace))
    }
    return null
  }

  const translateText = (node) => {
    const text = translated(node.data)
    if (text === null || node.data === text) return
    // What people wrote is theirs: markdown and tables are left alone.
    const parent = node.parentElement
    if (parent?.closest(skipped) && !parent.closest(ours)) return
    node.data = text
  }

  const translateAttributes = (element) => {
    for (const name of attributes) {
      const value = element.getAttribute(name)
      const text = value && translated(value)
      if (text && text !== value) element.setAttribute(name, text)
    }
  }

  const translate = (root) => {
    if (root.nodeType === Node.TEXT_NODE) return translateText(root)
    if (root.nodeType !== Node.ELEMENT_NODE) return
    translateAttributes(root)
    for (const element of root.querySelectorAll(attributes.map((name) => `[${name}]`).join())) translateAttributes(element)
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT)
    while (walker.nextNode()) translateText(walker.currentNode)
  }

  new MutationObserver((changes) => {
    for (const change of changes) {
      if (change.type === "childList") change.addedNodes.forEach(translate)
      else if (change.type === "characterData") translateText(change.target)
      else translateAttributes(change.target)
    }
  }).observe(document.documentElement, {
    childList: true,
    characterData: true,
    subtree: true,
    attributes: true,
    attributeFilter: attributes,
  })
  translate(document.body)
})()
