// Carries out what the page has asked for: exchange the login's ticket for the cookie, or drop the cookie.
(() => {
  const post = (path, body) =>
    fetch(path, {
      method: "POST",
      credentials: "same-origin",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    })

  // The login was right but is not stored: said in place of the page, with the way back to the form.
  const say = (sentence) => {
    const alert = document.createElement("p")
    alert.setAttribute("role", "alert")
    alert.textContent = `${sentence} `
    const again = document.createElement("a")
    again.href = window.location.href
    again.textContent = "Logga in igen"
    alert.append(again)
    document.querySelector("[data-testid=stMainBlockContainer]").replaceChildren(alert)
  }

  const ticket = document.querySelector("[data-portal-ticket]")
  if (ticket) {
    const secret = ticket.getAttribute("data-portal-ticket")
    ticket.remove()
    // A new websocket carries the new cookie; the address, and so a deep link, stays.
    post("/session/open", { ticket: secret }).then(
      async (answer) => (answer.status < 500 ? window.location.reload() : say(await answer.text())),
      () => window.location.reload(),
    )
  }

  const close = document.querySelector("[data-portal-close]")
  if (close) {
    close.remove()
    post("/session/close", {}).finally(() => window.location.assign("/"))
  }
})()
