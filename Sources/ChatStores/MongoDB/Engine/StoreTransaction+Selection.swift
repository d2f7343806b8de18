import ChatBridge
import ChatDocuments
import Foundation
import MediaModel

extension StoreTransaction {
    func select(_ request: MediaJobRequest, after cursor: SelectionCursor?, limit: Int) throws -> Selection {
        if let keys = request.keys {
            var start = 0
            if case .key(let count) = cursor { start = min(max(count, 0), keys.count) }
            let end = start + min(max(limit, 0), keys.count - start)
            return Selection(objects: Array(keys[start..<end]), next: end < keys.count ? .key(end) : nil)
        }
        switch cursor {
        case .media(let id):
            let (places, objects) = try referenced(
                by: "media", after: Int(id) ?? 0, request, limit: limit)
            return Selection(
                objects: objects, next: places.count == limit ? places.last.map { .media(String($0)) } : nil)
        case .message(let place): return try sent(request, after: place, limit: limit)
        case .key, .object, nil: return try sent(request, after: 0, limit: limit)
        }
    }

    private func sent(_ request: MediaJobRequest, after place: Int, limit: Int) throws -> Selection {
        // The limit is one of messages: all that a message shows is on one page.
        let (places, objects) = try referenced(by: "message", after: place, request, limit: limit)
        return Selection(
            objects: objects, next: places.count == limit ? places.last.map { .message($0) } : .media(""))
    }

    /// The originals that a request selects, in the order of their references.
    private func referenced(
        by kind: String, after place: Int, _ request: MediaJobRequest, limit: Int
    ) throws -> (places: [Int], objects: [String]) {
        let prefix = Array((request.prefix ?? "").utf8)
        let kinds = Set(request.kinds.map(\.rawValue))
        let filter: BSONDocument = [
            "_id": ["$gt": .int64(place)], "kind": .string(kind),
            "createdAt": ["$gte": .date(request.since ?? Date(milliseconds: 0))],
            "originals.kind": ["$in": .array(kinds.sorted().map(BSONValue.string))],
        ]
        var (places, objects): ([Int], [String]) = ([], [])
        guard limit > 0 else { return ([], []) }
        try session.forEach(own.references, filter, sort: ["_id": 1]) { document in
            let found = (document["originals"]?.arrayValue ?? []).compactMap(\.documentValue).filter { original in
                kinds.contains(original["kind"]?.stringValue ?? "")
                    && (original["key"]?.stringValue ?? "").utf8.starts(with: prefix)
            }
            guard !found.isEmpty, let place = document["_id"]?.integerValue else { return true }
            places.append(place)
            objects += found.compactMap { $0["key"]?.stringValue }
            return places.count < limit
        }
        return (places, objects)
    }

    func records(of object: String) throws -> [MediaRecord] {
        try showing(object).flatMap(\.records).filter { $0.key == object }
    }

    /// What shows `object` as an original, with all that it shows.
    func showing(_ object: String) throws -> [(owner: ReferenceOwner, records: [MediaRecord])] {
        try owners(of: object).compactMap { owner in
            guard let records = try records(shownBy: owner), records.contains(where: { $0.key == object }) else {
                return nil
            }
            return (owner, records)
        }
    }

    private func records(shownBy owner: ReferenceOwner) throws -> [MediaRecord]? {
        switch owner {
        case .message(let id, let dialect): try messageRow(id, in: dialect)?.message.attachments
        case .media(let id): try media(id).map { [$0.record] }
        }
    }
}
