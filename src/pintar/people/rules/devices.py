"""What a browser calls itself, short enough for a list of sessions."""

# First match wins: many browsers carry the names of others behind their own.
_BROWSERS = (
    ("Edg", "Edge"), ("OPR", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("UCBrowser", "UC Browser"),
    ("MiuiBrowser", "Mi Browser"), ("Firefox", "Firefox"), ("FxiOS", "Firefox"), ("CriOS", "Chrome"),
    ("Chrome", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip
_SYSTEMS = (
    ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("CrOS", "ChromeOS"),
    ("Mac OS X", "macOS"), ("Linux", "Linux"),
)  # fmt: skip


def device_name(user_agent: str) -> str:
    """ "Chrome · Android"; "" for what says nothing we know."""
    start = user_agent[:500]
    browser = next((name for sign, name in _BROWSERS if sign in start), "")
    system = next((name for sign, name in _SYSTEMS if sign in start), "")
    return " · ".join(filter(None, (browser, system)))
