r"""Text as LaTeX reads it letter by letter: no letter of it is a command, and the file is plain ASCII.

Letters with accents and the usual symbols are written as commands that every LaTeX knows. Any other letter is
``\othercharacter{6F22}``, which the report's preamble defines: XeLaTeX and LuaLaTeX print it where their
font has it, pdfLaTeX prints its number.
"""

import re
import unicodedata

# Brackets and stars are put in braces, since after a line's end or an item they would be its argument.
_SPECIAL = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\textquotedbl{}",
    "'": r"\textquotesingle{}",
    "`": r"\textasciigrave{}",
    "[": "{[}",
    "]": "{]}",
    "*": "{*}",
    "@": "{@}",
}
# Two of these would become one mark. What keeps them apart is no character, so no text holds it.
_LIGATURE, _APART = re.compile("(?<=-)(?=-)|(?<=,)(?=,)"), "\ufdd0"
_SYMBOLS = {
    "\u00a0": "~",
    "\u200b": r"\allowbreak{}",
    "“": "``",
    "”": "''",
    "\u2018": "`",
    "’": "'",
    "–": "--",
    "—": "---",
    "…": r"\ldots{}",
    "−": r"\ensuremath{-}",
    "×": r"\ensuremath{\times}",
    "±": r"\ensuremath{\pm}",
    "·": r"\ensuremath{\cdot}",
    "≤": r"\ensuremath{\le}",
    "≥": r"\ensuremath{\ge}",
    "≈": r"\ensuremath{\approx}",
    "≠": r"\ensuremath{\ne}",
    "→": r"\ensuremath{\to}",
    "←": r"\ensuremath{\leftarrow}",
    "²": r"\ensuremath{^2}",
    "³": r"\ensuremath{^3}",
    "°": r"\ensuremath{^\circ}",
    "√": r"\ensuremath{\surd}",
    "∞": r"\ensuremath{\infty}",
    "ß": r"\ss{}",
    "ø": r"\o{}",
    "Ø": r"\O{}",
    "æ": r"\ae{}",
    "Æ": r"\AE{}",
    "œ": r"\oe{}",
    "Œ": r"\OE{}",
    "ł": r"\l{}",
    "Ł": r"\L{}",
    "µ": r"\ensuremath{\mu}",
    **{
        letter: rf"\ensuremath{{\{name}}}"
        for letter, name in {
            "α": "alpha",
            "β": "beta",
            "\u03b3": "gamma",
            "δ": "delta",
            "ε": "varepsilon",
            "η": "eta",
            "θ": "theta",
            "λ": "lambda",
            "μ": "mu",  # the Greek letter, beside the sign of micro
            "π": "pi",
            "ρ": "rho",
            "σ": "sigma",
            "τ": "tau",
            "φ": "varphi",
            "χ": "chi",
            "ω": "omega",
            "Δ": "Delta",
            "Σ": "Sigma",
        }.items()
    },
}
_ACCENTS = {
    "\u0300": "`",
    "\u0301": "'",
    "\u0302": "^",
    "\u0303": "~",
    "\u0304": "=",
    "\u0306": "u",
    "\u0307": ".",
    "\u0308": '"',
    "\u030a": "r",
    "\u030b": "H",
    "\u030c": "v",
    "\u0327": "c",
    "\u0328": "k",
}
_BELOW = frozenset("\u0327\u0328")
_DOTLESS = {"i": r"\i{}", "j": r"\j{}"}


def escaped(text: str) -> str:
    r"""Write plain text for LaTeX.

    Args:
        text: one line; what ends lines becomes a space, and what controls is left out.

    >>> escaped("100 % of $x_1$ & \\input{/etc/passwd}")
    '100 \\% of \\$x\\_1\\$ \\& \\textbackslash{}input\\{/etc/passwd\\}'
    >>> escaped("é ± 漢 --seeds")
    "\\'{e} \\ensuremath{\\pm} \\othercharacter{6F22} -{}-seeds"
    """
    apart = _LIGATURE.sub(_APART, text.replace(_APART, ""))
    return "".join(_letter(letter) for letter in apart).replace(_APART, "{}")


def _letter(letter: str) -> str:
    command = _SPECIAL.get(letter) or _SYMBOLS.get(letter)
    if command is not None:
        return command
    if letter == _APART or " " <= letter <= "~":
        return letter
    if letter.isspace():
        return " "
    if unicodedata.category(letter) in {"Cc", "Cs", "Cf"}:
        return ""
    return _accented(unicodedata.normalize("NFD", letter)) or rf"\othercharacter{{{ord(letter):04X}}}"


def _accented(parts: str) -> str:
    """Give a Latin letter with one accent; empty for anything else."""
    base, mark = parts[0], parts[1:]
    if mark not in _ACCENTS or not (base.isascii() and base.isalpha()):
        return ""
    dotted = base in "ij" and mark not in _BELOW
    return rf"\{_ACCENTS[mark]}{{{_DOTLESS[base] if dotted else base}}}"
