// One upload: to the store in parts and to a temporary file for ffprobe and ffmpeg, both while it arrives.
const { randomUUID } = require('node:crypto');
const { once } = require('node:events');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const busboy = require('busboy');
const { probe, thumbnail, waveform } = require('./media');

const longest = 600;

function refusal(message) {
  return Object.assign(new Error(message), { status: 400 });
}

async function store(file, kind, spool, upload) {
  const copy = fs.createWriteStream(spool);
  let size = 0;
  for await (const chunk of file) {
    size += chunk.length;
    const written = copy.write(chunk) ? undefined : once(copy, 'drain');
    await Promise.all([written, upload.append(chunk)]);
  }
  copy.end();
  const [media] = await Promise.all([once(copy, 'finish').then(() => probe(spool)), upload.flush()]);
  if (media.duration > longest) throw refusal(`Video duration (${media.duration}s) exceeds maximum of ${longest} seconds`);
  return { size, media, preview: await (kind === 'voice' ? waveform(spool) : thumbnail(spool)) };
}

async function keep(file, info, kind, s3) {
  const id = randomUUID();
  const spool = path.join(os.tmpdir(), `upload-${id}`);
  const upload = s3.upload(`${kind}/${id}`, info.mimeType);
  try {
    const { size, media, preview } = await store(file, kind, spool, upload);
    if (kind === 'video') await s3.put(`${kind}/${id}-thumb.jpg`, preview, 'image/jpeg');
    await upload.complete();
    return {
      _id: id, messageType: kind, createdAt: new Date().toISOString(),
      media: {
        type: kind, mimeType: info.mimeType, fileSize: size, ...media, url: s3.url(`${kind}/${id}`),
        ...(kind === 'voice' ? { waveform: preview } : { thumbnail: s3.url(`${kind}/${id}-thumb.jpg`) }),
      },
    };
  } catch (error) {
    await upload.abort();
    throw error;
  } finally {
    await fs.promises.rm(spool, { force: true });
  }
}

/** The message that the multipart request makes. */
function receive(request, s3) {
  return new Promise((resolve, reject) => {
    const form = busboy({ headers: request.headers, highWaterMark: 1 << 20, fileHwm: 1 << 20 });
    const fields = {};
    let message;
    form.on('field', (name, value) => { fields[name] = value; });
    form.on('file', (name, file, info) => {
      message = keep(file, info, name === 'voice' ? 'voice' : 'video', s3);
      message.catch(reject);
    });
    form.on('close', () => {
      if (!message) return reject(refusal('no file'));
      message.then((data) => resolve({ ...data, receiver: fields.receiver }), reject);
    });
    form.on('error', reject);
    request.pipe(form);
  });
}

module.exports = { receive };
