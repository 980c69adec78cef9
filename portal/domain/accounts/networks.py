"""Where somebody comes from, as far as it is counted: the network that one customer has."""

from ipaddress import IPv4Address, IPv6Network, ip_address


IPV6_PREFIX = 64  # whoever has one IPv6 address has all of its /64


def network_of(address: str) -> str:
    """Return the IPv4 address, also of one written as IPv6, or the IPv6 /64; anything else as it stands."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(IPv6Network((int(parsed), IPV6_PREFIX), strict=False))
