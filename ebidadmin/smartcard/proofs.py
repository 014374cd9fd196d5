"""Verifying, outside the card and its software, that a signature belongs to a certificate."""

from __future__ import annotations

from asn1crypto import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from ebidadmin.errors import CardError
from ebidadmin.services.card_ports import Proof, ProofMechanism, proof_message


def verify_proof(proof: Proof) -> None:
    """Return when the key of the certificate signed the challenge by the mechanism named.

    Raises ``CardError``: ``card-proof-wrong``, and ``card-key-unsupported`` where the key cannot be read or is neither RSA nor of a
    known curve.
    """
    key = _public_key(proof.certificate)
    message = proof_message(proof.challenge)
    try:
        match key, proof.mechanism:
            case rsa.RSAPublicKey(), ProofMechanism.RSA_PKCS1_SHA256:
                key.verify(proof.signature, message, padding.PKCS1v15(), SHA256())
            case ec.EllipticCurvePublicKey(), ProofMechanism.ECDSA_SHA256:
                key.verify(proof.signature, message, ec.ECDSA(SHA256()))
            case _:
                raise CardError("card-proof-wrong", step="sign")
    except InvalidSignature as error:
        raise CardError("card-proof-wrong", step="sign") from error


def _public_key(certificate: bytes) -> rsa.RSAPublicKey | ec.EllipticCurvePublicKey:
    # Read loosely: old certificates break rules that a strict parser insists on, and only their key matters here.
    try:
        info = x509.Certificate.load(certificate)["tbs_certificate"]["subject_public_key_info"].dump()
        key = load_der_public_key(info)
    except (ValueError, TypeError, KeyError, UnsupportedAlgorithm) as error:
        raise CardError("card-key-unsupported", step="sign") from error
    if not isinstance(key, (rsa.RSAPublicKey, ec.EllipticCurvePublicKey)):
        raise CardError("card-key-unsupported", step="sign")
    return key
