import CFFmpeg

/// A coded sample between a demuxer and a decoder; the object is reused for one packet after another.
public final class Packet {
    let packet: UnsafeMutablePointer<AVPacket>

    /// Creates an empty packet.
    /// - Throws: ``FFmpegError/Code/memory``.
    public init() throws(FFmpegError) {
        guard let packet = av_packet_alloc() else { throw FFmpegError(.memory, "no memory for a packet") }
        self.packet = packet
    }

    /// Creates a packet with a copy of `bytes`, fewer than 2^31.
    /// - Throws: ``FFmpegError/Code/memory``.
    convenience init(_ bytes: [UInt8]) throws(FFmpegError) {
        try self.init()
        guard let count = Int32(exactly: bytes.count), av_new_packet(packet, count) >= 0,
            let data = packet.pointee.data
        else { throw FFmpegError(.memory, "no memory for a picture") }
        data.update(from: bytes, count: bytes.count)
    }

    deinit {
        var packet: UnsafeMutablePointer<AVPacket>? = packet
        av_packet_free(&packet)
    }

    /// The index of the stream to which the packet belongs.
    public var streamIndex: Int { Int(packet.pointee.stream_index) }

    /// The number of coded bytes.
    public var byteCount: Int { Int(packet.pointee.size) }

    /// The presentation timestamp, in units of the stream's time base.
    public var presentationTime: Int? {
        packet.pointee.pts == darkroom_no_timestamp ? nil : Int(packet.pointee.pts)
    }

    /// Whether a decoder can begin with the packet.
    public var isKeyframe: Bool { packet.pointee.flags & AV_PKT_FLAG_KEY != 0 }

    /// Moves the timestamps by `offset`, in units of the stream's time base.
    public func moveTimes(by offset: Int) {
        if packet.pointee.pts != darkroom_no_timestamp { packet.pointee.pts &+= Int64(offset) }
        if packet.pointee.dts != darkroom_no_timestamp { packet.pointee.dts &+= Int64(offset) }
    }

    /// Whether the packet has both timestamps, which a copy needs.
    public var hasTimes: Bool {
        packet.pointee.pts != darkroom_no_timestamp && packet.pointee.dts != darkroom_no_timestamp
    }

    /// The presentation timestamp or, without one, the decoding timestamp, in units of the stream's time base.
    public var time: Int? {
        presentationTime ?? (packet.pointee.dts == darkroom_no_timestamp ? nil : Int(packet.pointee.dts))
    }

    /// The duration, in units of the stream's time base; 0 when unknown.
    public var duration: Int { Int(packet.pointee.duration) }

    /// How many samples at the end are not played, as the container states (Matroska's DiscardPadding, the last page of Ogg).
    public var samplesCutFromEnd: Int {
        var size = 0
        guard let data = av_packet_get_side_data(packet, AV_PKT_DATA_SKIP_SAMPLES, &size), size >= 8 else { return 0 }
        return (0..<4).reduce(0) { $0 | Int(data[4 + $1]) << (8 * $1) }
    }

    /// Whether the packet is decoded but not presented (before the start of an edit list, for example).
    public var isDiscarded: Bool { packet.pointee.flags & AV_PKT_FLAG_DISCARD != 0 }
}
