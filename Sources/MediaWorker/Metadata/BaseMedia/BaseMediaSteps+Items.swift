extension BaseMediaSteps {
    /// The maximum number of items of metadata, and of parts of one; writers make two or three, of one part.
    private static let maximumMetadataItems = 16

    /// Edits the list of a picture's items, with the items in it, and notes those that follow (ISO/IEC 14496-12, 8.11).
    /// - Parameters:
    ///   - box: the `meta` box.
    ///   - start: its offset in the file.
    mutating func edit(items box: [UInt8], at start: Int) -> [UInt8] {
        guard let items = HEIFItems(box) else {
            isClean = false
            return box
        }
        var edited = box
        if policy.removesAll {
            Self.removeProperties(items, from: &edited)
            Self.removeHandlerName(&edited)
        }
        let removed = items.types.filter { ["Exif", "mime"].contains($0.value) && $0.key != items.primary }
        guard removed.count <= Self.maximumMetadataItems else {
            isClean = false
            return edited
        }
        let kept = items.locations.filter { removed[$0.key] == nil }.values.flatMap { Self.ranges($0, items, start) }
        var following: [BaseMediaPart] = []
        for (item, type) in removed.sorted(by: { $0.key < $1.key }) {
            guard let location = items.locations[item] else {
                isClean = false
                continue
            }
            let ranges = Self.ranges(location, items, start)
            guard ranges.count <= Self.maximumMetadataItems else {
                isClean = false
                continue
            }
            let content: BaseMediaPart.Content = ranges.count > 1 ? .bytes : type == "Exif" ? .exif : .text
            let embedded = start + items.embeddedData.lowerBound..<start + items.embeddedData.upperBound
            for range in ranges where !range.isEmpty {
                let overlaps = kept.contains { $0.overlaps(range) }
                // An open end, or data of the picture: nothing that is decoded is changed.
                if overlaps || range.upperBound == .max {
                    isClean = false
                } else if embedded.contains(range.lowerBound), range.upperBound <= embedded.upperBound {
                    let place = range.lowerBound - start..<range.upperBound - start
                    let bytes = content.edited(Array(box[place]), removesAll: policy.removesAll)
                    edited.replaceSubrange(place, with: bytes)
                } else if range.lowerBound < start + box.count {
                    isClean = false
                } else {
                    following.append(BaseMediaPart(range: range, content: content))
                }
            }
        }
        parts.add(following)
        return edited
    }

    /// The extents of an item, in offsets of the file.
    private static func ranges(_ location: HEIFLocation, _ items: HEIFItems, _ start: Int) -> [Range<Int>] {
        location.extents.map { extent in
            let origin = location.origin == .file ? 0 : start + items.embeddedData.lowerBound
            let limit = location.origin == .file ? Int.max : start + items.embeddedData.upperBound
            let (lower, overflow) = origin.addingReportingOverflow(extent.offset)
            guard !overflow else { return Int.max - 1..<Int.max }
            guard let length = extent.length else { return min(lower, limit)..<limit }
            let (upper, isBeyond) = lower.addingReportingOverflow(length)
            return min(lower, limit)..<min(isBeyond ? .max : upper, limit)
        }
    }

    /// Descriptions, and times of creation and modification (ISO/IEC 23008-12, 6.5.20; ISO/IEC 23008-12 AMD 1).
    private static func removeProperties(_ items: HEIFItems, from box: inout [UInt8]) {
        for property in items.properties where ["udes", "altt", "crtt", "mdft"].contains(property.type) {
            let zeros = [UInt8](repeating: 0, count: property.content.count)
            box.replaceSubrange(property.content, with: zeros)
            // The type precedes the content, unless the length takes 16 bytes.
            let type = property.content.lowerBound - 4
            if String(decoding: box[type..<type + 4], as: UTF8.self) == property.type {
                box.replaceSubrange(type..<type + 4, with: Array("free".utf8))
            }
        }
    }

    /// The name of the handler names the program.
    private static func removeHandlerName(_ box: inout [UInt8]) {
        guard let meta = BoxHeader.children(box, in: 0..<box.count).first else { return }
        let start = min(meta.content.lowerBound + 4, meta.content.upperBound)
        for (type, content) in BoxHeader.children(box, in: start..<meta.content.upperBound)
        where type == "hdlr" && content.count > 12 {
            let name = content.lowerBound + 12..<content.upperBound
            box.replaceSubrange(name, with: repeatElement(0, count: name.count))
        }
    }
}
