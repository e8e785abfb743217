"""Passkeys (WebAuthn) as a second factor: what a browser is asked, and whether its answer is true.

Few accounts have one, so what speaks WebAuthn is loaded when it is first needed.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.conf import settings

from pintar.people.models import Passkey
from pintar.people.queries import Person

if TYPE_CHECKING:
    from fido2.server import Fido2Server
    from fido2.webauthn import AttestedCredentialData

LOCAL = "localhost"
NOT_TRUE = (ValueError, KeyError, TypeError, AttributeError)


def ask_to_register(person: Person, there: Sequence[Passkey]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the browser is told to make a passkey, and the state to keep until it answers."""
    from fido2 import webauthn

    options, state = _server().register_begin(
        # The account's uid as handle; the name is shown by the phone, so it holds no number.
        webauthn.PublicKeyCredentialUserEntity(id=person.uid.bytes, name=person.name, display_name=person.name),
        [_credential(row) for row in there],
        resident_key_requirement=webauthn.ResidentKeyRequirement.DISCOURAGED,
        user_verification=webauthn.UserVerificationRequirement.PREFERRED,
    )
    return dict(options), state


def registered(state: Mapping[str, Any], answer: Mapping[str, Any]) -> tuple[bytes, bytes, int]:
    """Id, credential data and counter of the new passkey. Raises ValueError for an answer that is not true."""
    from fido2.webauthn import RegistrationResponse

    try:
        data = _server().register_complete(state, RegistrationResponse.from_dict(answer))
        assert data.credential_data is not None
        return data.credential_data.credential_id, bytes(data.credential_data), data.counter
    except NOT_TRUE as error:
        raise ValueError("this is no answer to what was asked") from error


def ask_to_show(there: Sequence[Passkey]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the browser is told to show one of these passkeys, and the state to keep until it answers."""
    from fido2.webauthn import UserVerificationRequirement

    options, state = _server().authenticate_begin(
        [_credential(row) for row in there], user_verification=UserVerificationRequirement.PREFERRED
    )
    return dict(options), state


def shown(state: Mapping[str, Any], answer: Mapping[str, Any], there: Sequence[Passkey]) -> tuple[Passkey, int]:
    """Which passkey was shown, with its new counter.

    Raises ValueError for an answer that is not true, and for a counter that went back: that passkey was copied.
    """
    from fido2.webauthn import AuthenticationResponse

    by_id = {bytes(row.credential_id): row for row in there}
    try:
        used = _server().authenticate_complete(state, [_credential(row) for row in there], answer)
        row = by_id[used.credential_id]
        data = AuthenticationResponse.from_dict(answer).response.authenticator_data
    except NOT_TRUE as error:
        raise ValueError("this is no answer to what was asked") from error
    if data.counter and data.counter <= row.counter:
        raise ValueError("the counter of this passkey went back")
    return row, data.counter


def _credential(row: Passkey) -> "AttestedCredentialData":
    from fido2.webauthn import AttestedCredentialData

    return AttestedCredentialData(bytes(row.credential))


def _server() -> "Fido2Server":
    from fido2.server import Fido2Server
    from fido2.webauthn import PublicKeyCredentialRpEntity

    host = urlsplit(settings.PUBLIC_URL).hostname or LOCAL
    return Fido2Server(PublicKeyCredentialRpEntity(id=host, name="Pintar"), verify_origin=_is_ours)


def _is_ours(origin: str) -> bool:
    asked, own = urlsplit(origin), urlsplit(settings.PUBLIC_URL)
    if own.hostname == LOCAL:
        return asked.hostname == LOCAL  # any port of one's own machine
    return asked.scheme == "https" and (asked.hostname, asked.port) == (own.hostname, own.port)
