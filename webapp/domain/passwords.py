"""What a password may be: long enough, and none of the first guesses. No rule about digits or signs."""

from webapp.domain.errors import Problem
from webapp.domain.words import N_, phrase

MIN_PASSWORD = 8
#: argon2 reads it all; a longer one is only a way to take time.
MAX_PASSWORD = 256
#: Parts of an address shorter than this stand in too many ordinary words.
_TELLING_CHARS = 4

#: What is tried first everywhere: the commonest of leaked lists with at least MIN_PASSWORD characters.
_WORDS = """
    password password1 password12 password123 password1234 password! password1! passw0rd p@ssw0rd p@ssword
    pa$$word passwort passwords mypassword newpassword yourpassword password01 password2 password11 pass1234
    12345678 123456789 1234567890 0123456789 12345678910 123456789a 987654321 0987654321 87654321 123123123
    11111111 00000000 22222222 55555555 66666666 77777777 88888888 99999999 111111111 000000000 0000000000
    1111111111 12341234 11223344 12344321 123321123 147258369 147852369 741852963 789456123 159753456
    1q2w3e4r 1q2w3e4r5t 1qaz2wsx 1qazxsw2 qwertyui qwertyuiop qwerty12 qwerty123 qwerty1234 qwerty12345
    qwertyuiop123 qwer1234 q1w2e3r4 q1w2e3r4t5 qazwsxedc zaq12wsx zaq1zaq1 asdfghjk asdfghjkl asdf1234
    zxcvbnm1 zxcvbnm123 1234qwer 123qweasd 123456qwerty abcd1234 abc12345 abc123456 abcdefgh abcdefg1
    abcdefghi a1234567 a12345678 a123456789 aa123456 aa12345678 aaaaaaaa iloveyou iloveyou1 iloveyou2
    sunshine sunshine1 princess princess1 football football1 baseball baseball1 basketball superman
    superman1 batman123 spiderman pokemon1 starwars starwars1 welcome1 welcome12 welcome123 welcome01
    trustno1 letmein1 letmein123 changeme changeme1 changeme123 administrator admin123 admin1234 admin12345
    adminadmin rootroot toor1234 test1234 testtest testing123 guest123 default1 secret123 secret12 master123
    michael1 michelle jennifer jordan23 charlie1 computer internet whatever samantha elephant dragon12
    dragon123 monkey123 shadow12 killer12 liverpool chelsea1 arsenal1 mercedes corvette maverick midnight
    victoria patricia garfield scorpion mustang1 cheyenne blink182 linkedin facebook google123 samsung1
    mockupaws mockupaws1 mockupaws123
"""
COMMON: frozenset[str] = frozenset(_WORDS.split())


def password_problems(password: str, address: str) -> list[Problem]:
    """What is wrong with `password` for the account with this e-mail address; pointers are /password."""
    if len(password) < MIN_PASSWORD:
        return [Problem("/password", phrase(N_("Use at least %(n)s characters."), n=MIN_PASSWORD))]
    if len(password) > MAX_PASSWORD:
        return [Problem("/password", phrase(N_("Use at most %(n)s characters."), n=MAX_PASSWORD))]
    words = password.casefold()
    if words in COMMON:
        message = N_("This is one of the passwords everybody tries first. Choose another one.")
        return [Problem("/password", phrase(message))]
    if _holds_address(words, address):
        message = N_(
            "Choose one that does not contain your e-mail address: it is the first thing to be guessed."
        )
        return [Problem("/password", phrase(message))]
    return []


def _holds_address(words: str, address: str) -> bool:
    whole = address.casefold()
    name = whole.partition("@")[0]
    return (bool(whole) and whole in words) or (len(name) >= _TELLING_CHARS and name in words)
