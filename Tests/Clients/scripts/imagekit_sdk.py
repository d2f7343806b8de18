"""ImageKit's published Python SDK (imagekitio), with only its base URL changed. Prints a line of JSON.

usage: imagekit_sdk.py server BASE PRIVATE_KEY FILE     uploads, reads, and deletes by the private key
       imagekit_sdk.py client BASE TOKEN FILE           uploads twice by TOKEN, the data of get-upload-token
       imagekit_sdk.py sign PRIVATE_KEY TOKEN EXPIRE    the SDK's own signature
"""

import json
import sys

import httpx
import imagekitio

what, *arguments = sys.argv[1:]


def refused(work):
    try:
        work()
    except imagekitio.APIStatusError as error:
        return {"status": error.status_code, "body": error.response.json()}


def server(base, key, path):
    client = imagekitio.ImageKit(private_key=key, base_url=base, max_retries=0)
    with open(path, "rb") as file:
        uploaded = client.files.upload(
            file=file,
            file_name="my photo.jpg",
            tags=["cat", "sofa"],
            folder="/pets/our cat",
            custom_coordinates="10,10,100,100",
            custom_metadata={"mood": "sleepy"},
            response_fields=["tags", "metadata"],
        )
    details = client.files.get(uploaded.file_id)
    metadata = client.files.metadata.get(uploaded.file_id)
    shown = httpx.get(uploaded.url).status_code, httpx.get(uploaded.thumbnail_url).status_code
    client.files.delete(uploaded.file_id)
    return {
        "uploaded": uploaded.to_dict(mode="json"),
        "details": details.to_dict(mode="json"),
        "metadata": metadata.to_dict(mode="json"),
        "shown": shown,
        "gone": refused(lambda: client.files.get(uploaded.file_id)),
        "forged": refused(
            lambda: imagekitio.ImageKit(private_key="private_guess", base_url=base, max_retries=0).files.upload(
                file=b"x", file_name="x"
            )
        ),
    }


def client(base, data, path):
    token = json.loads(data)
    client = imagekitio.ImageKit(private_key="", base_url=base, max_retries=0)

    def upload():
        with open(path, "rb") as file:
            return client.files.upload(
                file=file,
                file_name="photo.jpg",
                public_key=token["publicKey"],
                token=token["token"],
                expire=token["expire"],
                signature=token["signature"],
            )

    return {"uploaded": upload().to_dict(mode="json"), "again": refused(upload)}


def sign(key, token, expire):
    return imagekitio.ImageKit(private_key=key).helper.get_authentication_parameters(token=token, expire=int(expire))


print(json.dumps({"server": server, "client": client, "sign": sign}[what](*arguments)))
