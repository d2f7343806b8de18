// ffprobe for the validation, ffmpeg for the frame at 1 s and for the samples of a waveform.
const { spawn } = require('node:child_process');

function run(command, ...args) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, ['-v', 'error', ...args], { stdio: ['ignore', 'pipe', 'ignore'] });
    const chunks = [];
    child.stdout.on('data', (chunk) => chunks.push(chunk));
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(Buffer.concat(chunks));
      else reject(Object.assign(new Error('unreadable'), { status: 400 }));
    });
  });
}

async function probe(file) {
  const { format, streams } = JSON.parse(await run('ffprobe', '-print_format', 'json', '-show_format', '-show_streams', file));
  const video = streams.find((stream) => stream.codec_type === 'video');
  return { duration: Number(format.duration), dimensions: video && { width: video.width, height: video.height } };
}

function thumbnail(file) {
  const scale = 'scale=w=640:h=640:force_original_aspect_ratio=decrease';
  const frame = ['-ss', '1', '-i', file, '-frames:v', '1', '-vf', scale, '-q:v', '3'];
  return run('ffmpeg', ...frame, '-f', 'image2pipe', '-c:v', 'mjpeg', '-');
}

async function waveform(file) {
  const bytes = await run('ffmpeg', '-i', file, '-ac', '1', '-ar', '8000', '-f', 's16le', '-');
  const samples = new Int16Array(bytes.buffer, bytes.byteOffset, bytes.length >> 1);
  const peaks = new Array(64).fill(0);
  for (let i = 0; i < samples.length; i++) {
    const bucket = Math.floor((i * 64) / samples.length);
    peaks[bucket] = Math.max(peaks[bucket], Math.abs(samples[i]));
  }
  const loudest = Math.max(...peaks) || 1;
  return peaks.map((peak) => peak / loudest);
}

module.exports = { probe, thumbnail, waveform };
