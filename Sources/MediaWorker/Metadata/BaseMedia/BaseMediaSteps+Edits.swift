extension BaseMediaSteps {
    /// The maximum number of tracks that are removed; cameras write up to three.
    private static let maximumTracks = 16

    /// Writes the beginning of a box as it is to be stored. Returns whether the rest of it is overwritten with zeros.
    mutating func edit(
        _ edit: BaseMediaEdit, _ bytes: [UInt8], end: Int, _ output: inout FilterOutput
    ) -> Bool {
        var edited = bytes
        switch edit {
        case .times: Self.removeTimes(&edited)
        case .trackHeader:
            track.identifier = bytes.bigEndian(bytes.first == 1 ? 20 : 12, 4)
            if policy.removesAll { Self.removeTimes(&edited) }
        case .handler: return handler(bytes, &output)
        case .sampleDescriptions:
            Self.removeEncoders(&edited)
            if end > offset { isClean = false }
        case .fragmentHeader:
            if let identifier = bytes.bigEndian(4, 4), removedTracks.contains(identifier) {
                // Where the samples are is not followed.
                isClean = false
                remove(&output)
            } else {
                endHold(&output)
            }
        case .keys: return keys(bytes, end: end, &output)
        case .namedItem:
            let isKept =
                policy.removesAll
                ? end == offset && Self.isGapless(bytes) : !BaseMediaPolicy.isPlace(bytes) && end == offset
            if !isKept { edited = [UInt8](repeating: 0, count: bytes.count) }
            emit(edited, isKept ? bytes : nil, &output)
            return !isKept
        case .table:
            track.add(bytes)
            emit(bytes, nil, &output)
            return true
        }
        emit(edited, edited == bytes ? bytes : nil, &output)
        return false
    }

    /// The priming of the encoder, without which as many samples more are played.
    private static func isGapless(_ item: [UInt8]) -> Bool {
        let name = Array("iTunSMPB".utf8)
        return item.count <= 512 && item.indices.contains { item[$0...].starts(with: name) }
    }

    /// Overwrites the times of creation and modification behind version and flags.
    private static func removeTimes(_ bytes: inout [UInt8]) {
        let length = bytes.first == 1 ? 16 : 8
        for index in 4..<max(4, min(4 + length, bytes.count)) { bytes[index] = 0 }
    }

    /// A handler: the type decides what becomes of its track, and its name names devices and programs.
    private mutating func handler(_ bytes: [UInt8], _ output: inout FilterOutput) -> Bool {
        let isTrack = open.last?.container == .media
        let isMetadata = isTrack && bytes.count >= 12 && BaseMediaPolicy.isMetadata(handler: bytes[8..<12])
        if isMetadata, removals < Self.maximumTracks {
            removals += 1
            if let identifier = track.identifier { removedTracks.insert(identifier) }
            remove(&output)
            if removedEnd == nil { isClean = false }
        } else if isTrack {
            if isMetadata { isClean = false }
            endHold(&output)
        }
        guard policy.removesAll, removedEnd == nil, bytes.count >= 12 else {
            emit(bytes, bytes, &output)
            return removedEnd != nil
        }
        // iTunes' metadata are recognised by their manufacturer field.
        let kept = open.last?.container == .metadata ? bytes.count : 12
        let edited = bytes.prefix(kept) + [UInt8](repeating: 0, count: bytes.count - kept)
        emit(Array(edited), nil, &output)
        return true
    }

    /// Ends the holding back of a track that is kept.
    private mutating func endHold(_ output: inout FilterOutput) {
        guard let index = open.lastIndex(where: \.isHeld) else { return }
        open[index].isHeld = false
        release(&output)
    }

    /// The names of metadata items: they are noted.
    private mutating func keys(_ bytes: [UInt8], end: Int, _ output: inout FilterOutput) -> Bool {
        // Too many: every item is removed.
        guard end == offset, let count = bytes.bigEndian(4, 4), count <= bytes.count / 8 else {
            emit(bytes, bytes, &output)
            return false
        }
        var (places, position): (Set<Int>, Int) = ([], 8)
        for number in 0..<count {
            guard let length = bytes.bigEndian(position, 4), length >= 8, position + length <= bytes.count else {
                places.formUnion(number + 1...count)
                break
            }
            if BaseMediaPolicy.isPlace(bytes[position + 8..<position + length]) { places.insert(number + 1) }
            position += length
        }
        placeKeys = places
        emit(bytes, bytes, &output)
        return false
    }

    /// The codecs whose sample descriptions name the encoder for nothing but display.
    private static let namedCodecs: Set = [
        "avc1", "avc3", "hvc1", "hev1", "dvh1", "dvhe", "av01", "vp08", "vp09", "mp4v", "apcn", "apch", "apcs", "apco",
        "ap4h",
    ]

    /// Overwrites the vendor and the name of the compressor (ISO/IEC 14496-12, 12.1.3; QuickTime File Format, video sample
    /// description).
    private static func removeEncoders(_ bytes: inout [UInt8]) {
        var position = 8
        while let header = bytes.bigEndian(position, 4), header >= 8, position + header <= bytes.count {
            if header >= 86, namedCodecs.contains(String(decoding: bytes[position + 4..<position + 8], as: UTF8.self)) {
                for index in Array(20..<24) + Array(50..<82) { bytes[position + index] = 0 }
            }
            position += header
        }
    }

    /// Ends a track or a fragment of one, and notes where the samples of a track that was removed are.
    mutating func end(_ container: BaseMediaContainer) {
        guard let end = removedEnd, end <= offset else { return }
        removedEnd = nil
        guard container == .track else { return }
        // Otherwise the samples have passed.
        guard !hasMediaData, let ranges = track.ranges() else {
            isClean = false
            return
        }
        if !parts.add(ranges) { isClean = false }
    }
}
