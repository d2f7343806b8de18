import CFFmpeg

/// A coded sample on its way from a demuxer to a decoder: one object, filled again and again.
public final class Packet {
    let packet: UnsafeMutablePointer<AVPacket>

    /// An empty packet.
    public init() throws(FFmpegError) {
        guard let packet = av_packet_alloc() else { throw FFmpegError(.memory, "no memory for a packet") }
        self.packet = packet
    }

    deinit {
        var packet: UnsafeMutablePointer<AVPacket>? = packet
        av_packet_free(&packet)
    }

    /// The stream it belongs to.
    public var streamIndex: Int { Int(packet.pointee.stream_index) }

    /// The number of coded bytes.
    public var byteCount: Int { Int(packet.pointee.size) }

    /// When it is presented, in the stream's unit.
    public var presentationTime: Int? {
        packet.pointee.pts == darkroom_no_timestamp ? nil : Int(packet.pointee.pts)
    }

    /// When it is presented, or else decoded, in the stream's unit.
    public var time: Int? {
        presentationTime ?? (packet.pointee.dts == darkroom_no_timestamp ? nil : Int(packet.pointee.dts))
    }

    /// How long it is presented, in the stream's unit; 0 when unknown.
    public var duration: Int { Int(packet.pointee.duration) }

    /// How many samples at its end are not played, as the container says (Matroska's DiscardPadding, the last page of Ogg).
    public var samplesCutFromEnd: Int {
        var size = 0
        guard let data = av_packet_get_side_data(packet, AV_PKT_DATA_SKIP_SAMPLES, &size), size >= 8 else { return 0 }
        return (0..<4).reduce(0) { $0 | Int(data[4 + $1]) << (8 * $1) }
    }

    /// Whether it is only there to be decoded, not presented (before an edit list's start, for one).
    public var isDiscarded: Bool { packet.pointee.flags & AV_PKT_FLAG_DISCARD != 0 }
}
