// Carries out what the page has asked for: exchange the login's ticket for the cookie, or drop the cookie.
(() => {
  const post = (path, body) =>
    fetch(path, {
      method: "POST",
      credentials: "same-origin",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    })

  const ticket = document.querySelector("[data-portal-ticket]")
  if (ticket) {
    const secret = ticket.getAttribute("data-portal-ticket")
    ticket.remove()
    // A new websocket carries the new cookie; the address, and so a deep link, stays.
    post("/session/open", { ticket: secret }).finally(() => window.location.reload())
  }

  const close = document.querySelector("[data-portal-close]")
  if (close) {
    close.remove()
    post("/session/close", {}).finally(() => window.location.assign("/"))
  }
})()
