// An S3 client based on aws4: small objects in one request, others in parts, a few at once.
const http = require('node:http');
const aws4 = require('aws4');

const partSize = 8 << 20;
const partsAtOnce = 4;

class Upload {
  #chunks = [];
  #size = 0;
  #running = new Set();
  #parts = [];
  #id;

  constructor(s3, key, type) {
    Object.assign(this, { s3, key, type });
  }

  async append(chunk) {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    if (this.#size >= partSize) await this.#send();
  }

  async #send() {
    this.#id ??= (await this.s3.send('POST', `${this.key}?uploads`, undefined, { 'Content-Type': this.type }))
      .text.match(/<UploadId>(.*?)</)[1];
    while (this.#running.size >= partsAtOnce) await Promise.race(this.#running);
    const body = Buffer.concat(this.#chunks, this.#size);
    this.#chunks = [];
    this.#size = 0;
    const number = this.#parts.push(undefined);
    const part = this.s3.send('PUT', `${this.key}?partNumber=${number}&uploadId=${this.#id}`, body)
      .then(({ headers }) => { this.#parts[number - 1] = headers.etag; })
      .finally(() => this.#running.delete(part));
    this.#running.add(part);
  }

  /** Waits until all parts have arrived; nothing is visible yet. */
  async flush() {
    if (this.#id && this.#size > 0) await this.#send();
    await Promise.all(this.#running);
  }

  async complete() {
    if (!this.#id) return this.s3.put(this.key, Buffer.concat(this.#chunks, this.#size), this.type);
    const parts = this.#parts.map((etag, i) => `<Part><PartNumber>${i + 1}</PartNumber><ETag>${etag}</ETag></Part>`);
    const body = Buffer.from(`<CompleteMultipartUpload>${parts.join('')}</CompleteMultipartUpload>`);
    return this.s3.send('POST', `${this.key}?uploadId=${this.#id}`, body);
  }

  async abort() {
    await Promise.allSettled(this.#running);
    if (this.#id) await this.s3.send('DELETE', `${this.key}?uploadId=${this.#id}`);
  }
}

class S3 {
  constructor(options) {
    this.options = options;
    this.agent = new http.Agent({ keepAlive: true });
  }

  url(key) {
    return `http://127.0.0.1:${this.options.port}/${this.options.bucket}/${key}`;
  }

  upload(key, type) {
    return new Upload(this, key, type);
  }

  put(key, body, type) {
    return this.send('PUT', key, body, { 'Content-Type': type });
  }

  send(method, path, body, headers = {}) {
    const { port, bucket, region } = this.options;
    const signed = aws4.sign(
      { service: 's3', region, method, host: `127.0.0.1:${port}`, path: `/${bucket}/${path}`, headers, body }, this.options);
    const where = { hostname: '127.0.0.1', port, path: signed.path, method, headers: signed.headers, agent: this.agent };
    return new Promise((resolve, reject) => {
      const request = http.request(where, async (response) => {
        try {
          let text = '';
          for await (const chunk of response) text += chunk;
          if (response.statusCode >= 300) throw new Error(`the store answered ${response.statusCode}: ${text}`);
          resolve({ headers: response.headers, text });
        } catch (error) {
          reject(error);
        }
      });
      request.on('error', reject);
      request.end(body);
    });
  }
}

module.exports = { S3 };
