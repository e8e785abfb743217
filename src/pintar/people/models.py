"""Tables of people, and the constraints that hold the truth."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from pintar.foundation import ids
from pintar.foundation.privacy import Personal, privacy

ERASED = "the account is erased"


class Unit(models.Model):
    """A node of the organisation: ministry, kanwil, kankemenag, madrasah, KUA, Balai, Loka …

    `path` is the ids from the root to the node, "/1/5/33/": what lies below a unit begins with its path.
    """

    uid = models.UUIDField(unique=True, default=ids.uid, editable=False)
    key = models.SlugField(max_length=120, unique=True)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=20)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    path = models.CharField(max_length=200, blank=True, db_index=True)
    province = models.CharField(max_length=2, blank=True)
    regency = models.CharField(max_length=5, blank=True)

    PRIVACY = privacy(rest="id uid key name kind parent path province regency")

    class Meta:
        indexes = [models.Index(fields=["name"], name="unit_name")]

    def __str__(self) -> str:
        return self.name


class Account(models.Model):
    """A person who signs in. Keyed on nothing but its own uid: numbers and the address may come and go."""

    uid = models.UUIDField(unique=True, default=ids.uid, editable=False)
    name = models.CharField(max_length=150)
    email = models.CharField(max_length=254, blank=True, db_index=True)
    email_verified_at = models.DateTimeField(null=True)
    # A new address waits here until it is confirmed, so that a typing error locks nobody out.
    email_wanted = models.CharField(max_length=254, blank=True)
    password = models.CharField(max_length=200, blank=True)
    profession = models.CharField(max_length=20, blank=True)
    employment = models.CharField(max_length=10, blank=True)
    gender = models.CharField(max_length=1, blank=True)
    unit = models.ForeignKey(Unit, null=True, on_delete=models.SET_NULL, related_name="+")
    province = models.CharField(max_length=2, blank=True)
    regency = models.CharField(max_length=5, blank=True)
    language = models.CharField(max_length=5, default="id")
    text = models.CharField(max_length=1, default="1")
    theme = models.CharField(max_length=5, default="auto")
    saver = models.BooleanField(default=False)
    # An office vouches for whom it imports; what somebody registered by themselves is a claim.
    vouched_at = models.DateTimeField(null=True)
    consented_at = models.DateTimeField(null=True)
    consented_to = models.CharField(max_length=20, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    erased_at = models.DateTimeField(null=True)

    PRIVACY = privacy(
        name=Personal("to address the person and to write the certificate", until=ERASED),
        email=Personal("to sign in, to send letters about the account", until=ERASED),
        email_verified_at=Personal("when the address was confirmed", until=ERASED),
        email_wanted=Personal("an address that waits to be confirmed", until=ERASED),
        password=Personal("Argon2id of the password, to sign in", until=ERASED),
        profession=Personal("decides which trainings are open to the person", until=ERASED),
        employment=Personal("decides the yearly duty in JP", until=ERASED),
        gender=Personal("counts participants by sex for the yearly report; finds items unfair to one", until=ERASED),
        unit=Personal("where the person serves; decides seats set aside for it", until=ERASED),
        province=Personal("where the person serves; decides the zone of times", until=ERASED),
        regency=Personal("where the person serves; decides seats set aside for it", until=ERASED),
        language=Personal("how the person reads Pintar", until=ERASED),
        text=Personal("how the person reads Pintar", until=ERASED),
        theme=Personal("how the person reads Pintar", until=ERASED),
        saver=Personal("how the person reads Pintar", until=ERASED),
        consented_at=Personal("proof of consent to what is stored", until=ERASED),
        consented_to=Personal("the version of the text that was consented to", until=ERASED),
        rest="id uid vouched_at created_at erased_at",
    )

    class Meta:
        constraints = [
            # A typed address is a claim and may be mistyped; a confirmed one is one person's.
            models.UniqueConstraint(
                fields=["email"], condition=Q(email_verified_at__isnull=False), name="confirmed_email_once"
            ),
            models.CheckConstraint(
                condition=Q(email_verified_at__isnull=True) | ~Q(email=""), name="confirmed_email_is_there"
            ),
        ]

    def __str__(self) -> str:
        return str(self.uid)


class Identifier(models.Model):
    """A number that names a person. `sealed` shows it, `blind` finds it; see `seals`."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="identifiers")
    kind = models.CharField(max_length=5)
    sealed = models.BinaryField()
    blind = models.CharField(max_length=64, unique=True)
    vouched_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    PRIVACY = privacy(
        account=Personal("whose number it is", until=ERASED),
        kind=Personal("which kind of number it is", until=ERASED),
        sealed=Personal("the number, encrypted: to sign in, for certificates and the personnel system", until=ERASED),
        blind=Personal("a keyed digest of the number, to find it again", until=ERASED),
        rest="id vouched_at created_at",
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "kind"], name="identifier_of_a_kind_once")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.account_id}"


class Grant(models.Model):
    """A role held in a unit and everything below it. Ended, never deleted."""

    uid = models.UUIDField(unique=True, default=ids.uid, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="grants")
    role = models.CharField(max_length=20)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    given_by = models.UUIDField(null=True)
    given_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    PRIVACY = privacy(
        account=Personal("who holds the role", until=ERASED),
        role=Personal("what the person may do", until=ERASED),
        unit=Personal("where the person may do it", until=ERASED),
        given_by=Personal("who gave it, as an opaque uid", until=ERASED),
        rest="id uid given_at until_at ended_at",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "role", "unit"], condition=Q(ended_at__isnull=True), name="grant_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.role} in {self.unit_id}"


class Session(models.Model):
    """One sign-in: of a browser (kind "web") or of a program (kind "token"). The row keeps the token's digest."""

    uid = models.UUIDField(unique=True, default=ids.uid, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="sessions")
    kind = models.CharField(max_length=5)
    digest = models.CharField(max_length=64, unique=True)
    device = models.CharField(max_length=80, blank=True)
    created_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    # When a second factor was confirmed in this session; roles need it.
    confirmed_at = models.DateTimeField(null=True)

    PRIVACY = privacy(
        account=Personal("who is signed in", until="the session ends"),
        device=Personal("browser and system, so that the person recognises the session", until="the session ends"),
        seen_at=Personal("when it was last used, to the hour", until="the session ends"),
        created_at=Personal("when it began", until="the session ends"),
        rest="id uid kind digest expires_at confirmed_at",
    )

    def __str__(self) -> str:
        return f"{self.kind} of {self.account_id}"


class ActivationCode(models.Model):
    """A code with which someone sets the first password, or a new one where there is no e-mail. One an account."""

    account = models.OneToOneField(Account, on_delete=models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    PRIVACY = privacy(
        account=Personal("who may use the code", until="it is used or expires"),
        rest="id digest created_at expires_at",
    )

    def __str__(self) -> str:
        return f"code of {self.account_id}"


class Tries(models.Model):
    """Wrong passwords in a row for one login, from strangers' devices together or from one known device.

    Kept for logins that nobody has just as well, so that the answer tells nothing.
    """

    login = models.CharField(max_length=64)
    device = models.CharField(max_length=64, blank=True)
    wrong = models.PositiveSmallIntegerField(default=0)
    locks = models.PositiveSmallIntegerField(default=0)
    last_at = models.DateTimeField(db_index=True)
    locked_until = models.DateTimeField(null=True)

    PRIVACY = privacy(
        login=Personal("a keyed digest of the login, to limit guessing", until="a day after the last try"),
        device=Personal("a digest of the device's random name", until="a day after the last try"),
        last_at=Personal("when it was last tried", until="a day after the last try"),
        rest="id wrong locks locked_until",
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["login", "device"], name="tries_once")]

    def __str__(self) -> str:
        return f"{self.wrong} wrong"


class Authenticator(models.Model):
    """A second factor of numbers that change every 30 seconds (TOTP). Kept once its first number was typed."""

    account = models.OneToOneField(Account, on_delete=models.CASCADE, related_name="+")
    sealed = models.BinaryField()
    created_at = models.DateTimeField()
    # The 30-second step of the last accepted number: a number is good once.
    last_step = models.BigIntegerField(default=0)

    PRIVACY = privacy(
        account=Personal("whose second factor it is", until="it is taken away, or " + ERASED),
        sealed=Personal("its secret, encrypted", until="it is taken away, or " + ERASED),
        rest="id created_at last_step",
    )

    def __str__(self) -> str:
        return f"authenticator of {self.account_id}"


class RecoveryCode(models.Model):
    """One of ten codes for whom the second factor is lost. Gone when used."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64, unique=True)

    PRIVACY = privacy(account=Personal("whose code it is", until="it is used, or " + ERASED), rest="id digest")

    def __str__(self) -> str:
        return f"recovery code of {self.account_id}"


class Passkey(models.Model):
    """A second factor in a phone, a laptop or a key of metal (WebAuthn)."""

    uid = models.UUIDField(unique=True, default=ids.uid, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=80)
    credential_id = models.BinaryField()
    credential_digest = models.CharField(max_length=64, unique=True)
    credential = models.BinaryField()
    counter = models.BigIntegerField(default=0)
    created_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    PRIVACY = privacy(
        account=Personal("whose passkey it is", until="it is taken away, or " + ERASED),
        name=Personal("how its owner calls it", until="it is taken away, or " + ERASED),
        credential_id=Personal("the passkey's public name", until="it is taken away, or " + ERASED),
        credential=Personal("the passkey's public key", until="it is taken away, or " + ERASED),
        used_at=Personal("when it was last used", until="it is taken away, or " + ERASED),
        rest="id uid credential_digest counter created_at",
    )

    def __str__(self) -> str:
        return f"passkey of {self.account_id}"
