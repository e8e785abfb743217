"""What happened to people: uids and short codes, never a number or a name."""

from uuid import UUID

from pintar.foundation.ledger import event


@event("people.account_registered")
class AccountRegistered:
    """Someone made an account by themselves."""

    account: UUID


@event("people.account_created")
class AccountCreated:
    """An office made an account for someone, alone or from a list."""

    account: UUID


@event("people.account_activated")
class AccountActivated:
    account: UUID


@event("people.claim_lost")
class ClaimLost:
    """A number that this account claimed went to the account that an office vouched for."""

    account: UUID
    kind: str


@event("people.email_to_confirm")
class EmailToConfirm:
    """An address was typed and must be confirmed by a letter to it."""

    account: UUID


@event("people.email_confirmed")
class EmailConfirmed:
    account: UUID


@event("people.reset_asked")
class ResetAsked:
    """A new password was asked for; `account` is None where nobody has the address, so that both take as long."""

    account: UUID | None


@event("people.password_changed")
class PasswordChanged:
    account: UUID


@event("people.second_factor_changed")
class SecondFactorChanged:
    """A second factor was added or taken away; `kind` is "totp", "passkey" or "codes"."""

    account: UUID
    kind: str
    added: bool


@event("people.grant_given")
class GrantGiven:
    account: UUID
    role: str
    unit: UUID


@event("people.grant_ended")
class GrantEnded:
    account: UUID
    role: str
    unit: UUID


@event("people.account_erased")
class AccountErased:
    account: UUID
