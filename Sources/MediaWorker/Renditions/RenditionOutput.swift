import Bytes
import Concurrency
import FFmpeg
import MediaModel
import ObjectStore

/// A rendition that a worker has written to a spool, on its way to the object store.
struct RenditionOutput {
    private static let pieceSize = 1 << 20
    /// The largest index that is moved: that of ten minutes of video has about 1 MB.
    private static let maximumIndex = 32 << 20

    /// A part of the object: bytes in memory, or a range of the spool.
    private enum Part {
        case bytes([UInt8])
        case range(Range<Int>)
    }

    private let file: SpoolFile
    private let parts: [Part]
    private let threads: ThreadPool

    /// The size of the object, in bytes.
    let size: Int

    /// Reads what a worker wrote. Of an MP4 the index, which is last, becomes the first; its samples are not touched.
    /// - Parameter threads: read the spool.
    /// - Throws: ``MediaError/Code/crashed`` for anything that no correct worker writes; ``MediaError/Code/internal``.
    init(_ file: SpoolFile, size: Int, of profile: RenditionProfile, threads: ThreadPool) throws(MediaError) {
        self.file = file
        self.threads = threads
        let source = ByteSource(descriptor: file.descriptor, size: size)
        do {
            parts = profile.format == .ogg ? try Self.ogg(source) : try Self.indexFirst(source)
        } catch {
            throw MediaError(.crashed, "The file cannot be read safely: export it again.", cause: error)
        }
        self.size = parts.reduce(0) { sum, part in
            switch part {
            case .bytes(let bytes): sum + bytes.count
            case .range(let range): sum + range.count
            }
        }
    }

    private static func ogg(_ source: ByteSource) throws -> [Part] {
        guard try source.bytes(0..<4) == Array("OggS".utf8) else { throw MovieIndex.Obstacle.invalidBoxes }
        return [.range(0..<source.size)]
    }

    private static func indexFirst(_ source: ByteSource) throws -> [Part] {
        let boxes = try TopLevelBoxes(source).boxes
        guard let type = boxes.first, type.type == "ftyp", let index = boxes.last, index.type == "moov",
            index.range.upperBound == source.size, index.range.count <= maximumIndex, boxes.count > 2
        else { throw MovieIndex.Obstacle.otherBoxes }
        let media = boxes.filter { $0.type == "mdat" }.map { $0.range.dropFirst($0.isLong ? 16 : 8) }
        let movie = try MovieIndex(try source.bytes(index.range), media: media.map { $0.startIndex..<$0.endIndex })
        // It is between the type and the media data: so much further back are these.
        var shift = movie.bytes.count
        while movie.size(movedBy: shift) != shift { shift = movie.size(movedBy: shift) }
        return [
            .range(0..<type.range.upperBound), .bytes(movie.moved(by: shift)),
            .range(type.range.upperBound..<index.range.lowerBound),
        ]
    }

    /// Writes the object.
    /// - Throws: ``MediaError/Code/storage``, ``MediaError/Code/internal``; then nothing is stored.
    func store(
        at key: ObjectKey, in store: any ObjectStore, attributes: ObjectAttributes
    ) async throws(MediaError) {
        let writer = try await mappingStoreErrors { () async throws(ObjectStoreError) in
            try await store.write(key, attributes: attributes, declaredLength: size)
        }
        do throws(MediaError) {
            for part in parts { try await write(part, to: writer) }
            _ = try await mappingStoreErrors { () async throws(ObjectStoreError) in try await writer.complete() }
        } catch {
            await writer.abort()
            throw error
        }
    }

    private func write(_ part: Part, to writer: any ObjectWriter) async throws(MediaError) {
        switch part {
        case .bytes(let bytes): try await write(ByteChunk(bytes), to: writer)
        case .range(let range):
            let source = ByteSource(descriptor: file.descriptor, size: range.upperBound)
            for start in stride(from: range.lowerBound, to: range.upperBound, by: Self.pieceSize) {
                let piece = start..<min(start + Self.pieceSize, range.upperBound)
                let bytes: [UInt8]
                do throws(FFmpegError) {
                    bytes = try await threads.run { () throws(FFmpegError) in try source.bytes(piece) }
                } catch {
                    throw MediaError(.internal, "The rendition could not be stored; try again.", cause: error)
                }
                try await write(ByteChunk(bytes), to: writer)
            }
        }
    }

    private func write(_ chunk: ByteChunk, to writer: any ObjectWriter) async throws(MediaError) {
        try await mappingStoreErrors { () async throws(ObjectStoreError) in try await writer.write(chunk) }
    }
}
