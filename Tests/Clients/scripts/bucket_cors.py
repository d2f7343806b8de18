"""The rules of a bucket for pages of other origins, by boto3.

usage: bucket_cors.py get|set ENDPOINT BUCKET ACCESS SECRET

`set` gives it one rule, "other"; `get` prints the rules by their names."""

import json
import sys

import boto3

verb, endpoint, bucket, access, secret = sys.argv[1:]
s3 = boto3.client(
    "s3", endpoint_url=endpoint, aws_access_key_id=access, aws_secret_access_key=secret, region_name="us-east-1")
if verb == "set":
    rule = {"ID": "other", "AllowedOrigins": ["https://other.example.org"], "AllowedMethods": ["GET"]}
    s3.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": [rule]})
else:
    rules = s3.get_bucket_cors(Bucket=bucket)["CORSRules"]
    print(json.dumps({rule["ID"]: {name: value for name, value in rule.items() if isinstance(value, list)} for rule in rules}))
