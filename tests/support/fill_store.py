"""Fills a store of objects for tests/object_stores.rs: `fill_store.py s3|az PORT`. People and addresses are invented."""

import gzip
import io
import sys
import zipfile

kind, port = sys.argv[1:]
rows = b"name,email,phone\n" + b"".join(
    b"Jane Roe,jane.roe%d@example.com,+1 202 555 01%02d\n" % (i, i) for i in range(60)
)
# Lines that do not pack to nothing, so that the object is larger than one request.
line = "%016x mail from user%d@example.com %016x\n"
large = "".join(line % (hash((i, 1)) & (1 << 64) - 1, i, hash((i, 2)) & (1 << 64) - 1) for i in range(200_000))
outer = io.BytesIO()
with zipfile.ZipFile(outer, "w", zipfile.ZIP_DEFLATED) as archive:
    archive.writestr("inner/customers.csv", rows)
objects = {
    "in/customers.csv": rows,
    "in/a b.csv": rows,
    "in/outer.zip": outer.getvalue(),
    "large.log.gz": gzip.compress(large.encode(), 1, mtime=0),
    "notes.txt": b"write to jane.roe@example.com\n",
}

if kind == "s3":
    import boto3

    client = boto3.client(
        "s3",
        endpoint_url=f"http://127.0.0.1:{port}",
        aws_access_key_id="test",
        aws_secret_access_key="test",
        region_name="us-east-1",
    )
    client.create_bucket(Bucket="exports")
    for key, body in objects.items():
        # Readable without a signature, too: Google's emulators are asked without one.
        client.put_object(Bucket="exports", Key=key, Body=body, ACL="public-read")
else:
    from azure.storage.blob import BlobServiceClient

    account = {
        "account_name": "devstoreaccount1",
        # The key that Azurite publishes for its one account.
        "account_key": "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==",
    }
    service = BlobServiceClient(f"http://127.0.0.1:{port}/devstoreaccount1", credential=account)
    container = service.create_container("exports")
    for key, body in objects.items():
        container.upload_blob(key, body)
