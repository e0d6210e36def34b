"""What one metered request may weigh."""

from dataclasses import dataclass

KIB = 1024
MIB = 1024 * KIB

#: Bytes of decompressed body handled at a time, and looked at to tell its format. Bounds memory.
BLOCK_BYTES = 256 * KIB


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes in bytes; passing one raises TooLarge, except a long line, which is rejected by its number."""

    #: As sent, compressed or not.
    max_wire_bytes: int = 50 * MIB
    max_decompressed_bytes: int = 500 * MIB
    #: Decompressed bytes for each byte sent. Real logs reach 10 to 40; one repeated line passes 1,000,
    #: so the ratio counts only beyond `ratio_free_bytes`.
    max_ratio: int = 100
    ratio_free_bytes: int = 50 * MIB
    #: One line, array element or record, its line ending not counted.
    max_line_bytes: int = MIB
    #: Rejections named in the receipt; all are counted.
    kept_rejections: int = 20


STANDARD = Limits()


def shown(size: int) -> str:
    """`size` bytes in words a limit is stated in: "50 MB", "64 KB", "100 bytes" (1 KB = 1024 bytes)."""
    if size >= MIB and size % MIB == 0:
        return f"{size // MIB} MB"
    if size >= KIB and size % KIB == 0:
        return f"{size // KIB} KB"
    return f"{size} bytes"
