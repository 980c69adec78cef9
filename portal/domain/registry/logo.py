"""A region's logo: a picture that stands where the portal's word mark would."""

import base64
from dataclasses import dataclass
from hashlib import sha256


PNG, SVG = "image/png", "image/svg+xml"


@dataclass(frozen=True, slots=True)
class Logo:
    """`media_type`: of a PNG or an SVG."""

    media_type: str
    content: bytes

    @classmethod
    def parse(cls, address: str) -> "Logo":
        """Return the logo of a `data:` address, as it is stored."""
        heading, _, encoded = address.partition(";base64,")
        return cls(heading.removeprefix("data:"), base64.b64decode(encoded))

    @property
    def address(self) -> str:
        """The whole picture as a `data:` address."""
        return f"data:{self.media_type};base64,{base64.b64encode(self.content).decode()}"

    @property
    def sha256(self) -> str:
        return sha256(self.content).hexdigest()
