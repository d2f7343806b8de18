"""Prints a token that PyJWT made: good ones, and ones that must be refused.

usage: make_token.py KIND SECRET [PUBLIC_KEY_FILE]
"""

import sys
import time

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

kind, secret = sys.argv[1:3]
now = int(time.time())
claims = {"sub": "mallory", "exp": now + 600}


def by_key(algorithm):
    key = rsa.generate_private_key(65537, 2048) if algorithm == "RS256" else ec.generate_private_key(ec.SECP256R1())
    if len(sys.argv) > 3:
        with open(sys.argv[3], "wb") as file:
            file.write(
                key.public_key().public_bytes(
                    serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
                )
            )
    return jwt.encode(claims, key, algorithm)


print(
    {
        "good": lambda: jwt.encode(claims, secret, "HS256"),
        "good-rs256": lambda: by_key("RS256"),
        "good-es256": lambda: by_key("ES256"),
        "forged": lambda: jwt.encode(claims, secret + "!", "HS256"),
        "expired": lambda: jwt.encode({**claims, "exp": now - 1}, secret, "HS256"),
        "future": lambda: jwt.encode({**claims, "nbf": now + 300}, secret, "HS256"),
        "none": lambda: jwt.encode(claims, None, "none"),
        "rs256": lambda: by_key("RS256"),
        "garbage": lambda: "not.a.token",
    }[kind]()
)
