/// A small AVI file of JPEGs.
enum AVI {
    static func list(_ type: String, _ chunks: [UInt8]...) -> [UInt8] {
        Pictures.riffChunk("LIST", text(type) + chunks.flatMap { $0 })
    }

    static func stream(width: UInt32, height: UInt32, scale: UInt32 = 1, rate: UInt32 = 25, length: UInt32 = 1)
        -> [UInt8]
    {
        let header =
            text("vidsMJPG") + zeros(12) + little(scale) + little(rate) + little(UInt32(0)) + little(length) + zeros(20)
        let format =
            little(UInt32(40)) + little(width) + little(height) + little(UInt16(1)) + little(UInt16(24)) + text("MJPG")
            + zeros(20)
        return list("strl", Pictures.riffChunk("strh", header), Pictures.riffChunk("strf", format))
    }

    static func file(_ streams: [UInt8], count: UInt32, frames: [[UInt8]]) -> [UInt8] {
        let main = little(UInt32(40_000)) + zeros(20) + little(count) + zeros(28)
        return Pictures.riff(
            "AVI ", list("hdrl", Pictures.riffChunk("avih", main), streams),
            list("movi", frames.flatMap { Pictures.riffChunk("00dc", $0) }))
    }

    static func movie(
        width: UInt32, height: UInt32, scale: UInt32 = 1, rate: UInt32 = 25, length: UInt32 = 1
    ) throws -> [UInt8] {
        file(
            stream(width: width, height: height, scale: scale, rate: rate, length: length), count: 1,
            frames: [[UInt8]](repeating: try sample("image/orientation-1.jpg"), count: 5))
    }
}
