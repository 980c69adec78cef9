"""What the annual report's passages are called on the page."""

SHORT = {  # what a passage is called in the contents, where its heading is long
    "3": "Underlag",
    "4.1": "SIP",
    "4.2": "Säker vård",
    "4.3": "Patienter",
    "4.4": "C-GAS",
    "4.5.1": "Telefon",
    "4.5.2": "Första besök",
    "4.5.3": "Utredning",
    "4.5.4": "Behandling",
    "4.5.5": "Video",
    "4.6": "Jämlik vård",
    "4.7": "Köer",
    "4.8": "Avtalet",
    "4.9": "Åtgärder",
    "6": "Utveckling",
}
