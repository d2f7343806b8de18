// Draws a BlurHash (https://github.com/woltapp/blurhash/blob/master/Algorithm.md): a few cosines in base 83.

const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#$%*+,-.:;=?@[]^_{|}~";

function number(text) {
  let value = 0;
  for (const digit of text) {
    const index = digits.indexOf(digit);
    if (index < 0) return NaN;
    value = value * 83 + index;
  }
  return value;
}

function linear(byte) {
  const value = byte / 255;
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}

function encoded(value) {
  const clamped = Math.min(Math.max(value, 0), 1);
  return Math.round(255 * (clamped <= 0.0031308 ? clamped * 12.92 : 1.055 * clamped ** (1 / 2.4) - 0.055));
}

/** Draws `hash` on a canvas; whether it is one. */
export function draw(hash, canvas) {
  const size = number(hash?.slice(0, 1) ?? "");
  const [columns, rows] = [(size % 9) + 1, Math.floor(size / 9) + 1];
  if (!hash || hash.length !== 4 + 2 * columns * rows) return false;
  const greatest = (number(hash.slice(1, 2)) + 1) / 166;
  const average = number(hash.slice(2, 6));
  const colours = [[linear(average >> 16), linear((average >> 8) & 255), linear(average & 255)]];
  for (let index = 1; index < columns * rows; index++) {
    const value = number(hash.slice(4 + index * 2, 6 + index * 2));
    colours.push([Math.floor(value / 361), Math.floor(value / 19) % 19, value % 19].map((step) => {
      const part = (step - 9) / 9;
      return Math.sign(part) * part * part * greatest;
    }));
  }
  const [width, height] = [32, 24];
  [canvas.width, canvas.height] = [width, height];
  const context = canvas.getContext("2d");
  const image = context.createImageData(width, height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const colour = [0, 0, 0];
      for (let index = 0; index < colours.length; index++) {
        const basis = Math.cos(Math.PI * x * (index % columns) / width) * Math.cos(Math.PI * y * Math.floor(index / columns) / height);
        for (let part = 0; part < 3; part++) colour[part] += colours[index][part] * basis;
      }
      image.data.set([...colour.map(encoded), 255], (y * width + x) * 4);
    }
  }
  context.putImageData(image, 0, 0);
  return true;
}
