"""What happened to certificates; every field is a uid."""

from uuid import UUID

from pintar.foundation.ledger import event


@event("credentials.certificate_issued")
class CertificateIssued:
    certificate: UUID
    person: UUID
    seat: UUID


@event("credentials.certificate_superseded")
class CertificateSuperseded:
    """A corrected certificate took its place."""

    certificate: UUID
    successor: UUID
    person: UUID


@event("credentials.certificate_revoked")
class CertificateRevoked:
    certificate: UUID
    person: UUID
