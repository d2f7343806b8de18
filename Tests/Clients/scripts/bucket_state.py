"""What is in a bucket: {"objects": COUNT, "uploads": COUNT of multipart uploads under way}.

usage: bucket_state.py ENDPOINT BUCKET ACCESS_KEY SECRET_KEY
"""

import json
import sys

import boto3
import botocore.exceptions

endpoint, bucket, access_key, secret_key = sys.argv[1:]
client = boto3.client(
    "s3", endpoint_url=endpoint, region_name="us-east-1", aws_access_key_id=access_key, aws_secret_access_key=secret_key
)
objects = sum(page.get("KeyCount", 0) for page in client.get_paginator("list_objects_v2").paginate(Bucket=bucket))
try:
    uploads = len(client.list_multipart_uploads(Bucket=bucket).get("Uploads", []))
except botocore.exceptions.ClientError:
    # rclone cannot tell.
    uploads = 0
print(json.dumps({"objects": objects, "uploads": uploads}))
