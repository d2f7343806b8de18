import FFmpeg
import MediaModel

/// Packets in, until the wanted frame comes out.
struct FrameSearch {
    /// Packets that may fail one after another before the stream is given up: some seconds of video.
    private static let maximumFailures = 300

    let target: Int
    /// Leave out, before the target, what no other frame refers to.
    let mayGoFaster: Bool
    /// The latest frame before the target.
    private(set) var last: Frame?
    private let decoder: Decoder
    private let frame: Frame
    private var failures = 0
    private var failure: FFmpegError?

    init(decoder: Decoder, target: Int, mayGoFaster: Bool) throws(FFmpegError) {
        self.decoder = decoder
        self.target = target
        self.mayGoFaster = mayGoFaster
        frame = try Frame()
    }

    /// Takes the next packet, `nil` at the end; returns the frame at the target once it is there.
    mutating func take(_ packet: Packet?) throws -> Frame? {
        if let packet {
            decoder.skipsUnreferencedFrames = mayGoFaster && (packet.presentationTime ?? target) < target
        }
        do throws(FFmpegError) {
            try decoder.send(packet)
            while try decoder.receive(into: frame) {
                if let time = frame.time, time >= target { return frame }
                if last == nil { last = try Frame() }
                if let last { frame.move(to: last) }
                failures = 0
            }
        } catch {
            guard error.code == .invalidData || error.code == .other else { throw error }
            failure = error
            failures += 1
            if last == nil && failures > Self.maximumFailures { throw nothingFound }
        }
        return nil
    }

    /// Why there is no frame at all.
    var nothingFound: MediaError {
        MediaError(.unreadable, "No picture of the video can be decoded: export it again.", cause: failure)
    }
}
