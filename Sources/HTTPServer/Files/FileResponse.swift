import Bytes
public import Foundation

/// Answers to requests for a file (RFC 9110 sections 13 and 14): whole, a range of it, or that it has not changed.
public struct FileResponse {
    /// The response to a GET or HEAD of `file`.
    ///
    /// 200 with the whole file, 206 with the one range asked for (several ranges: the whole file), 304 or 412 as the
    /// conditions say, 416 when the range lies behind the end. `etag` is the entity tag with its quotes.
    public static func respond(
        to request: HTTPRequest, file: FileRegion, etag: String, lastModified: Date?, headers: HTTPFields
    ) -> HTTPResponse {
        let modified = lastModified.map { Int($0.timeIntervalSince1970.rounded(.down)) }
        var fields = headers
        fields["ETag"] = etag
        if let modified { fields["Last-Modified"] = HTTPDate.format(modified) }
        fields["Accept-Ranges"] = "bytes"
        let conditions = Conditions(fields: request.headers, etag: etag, modified: modified)
        if conditions.fail { return HTTPResponse(status: .preconditionFailed, headers: fields) }
        if conditions.isNotModified { return HTTPResponse(status: .notModified, headers: fields) }
        let range = request.method == .get && conditions.allowRange ? request.headers["Range"] : nil
        switch range.map({ ByteRange($0, size: file.length) }) ?? .whole {
        case .whole: return HTTPResponse(status: .ok, headers: fields, body: .file(file))
        case .part(let part):
            fields["Content-Range"] = "bytes \(part.lowerBound)-\(part.upperBound - 1)/\(file.length)"
            var region = file
            region.offset += part.lowerBound
            region.length = part.count
            return HTTPResponse(status: .partialContent, headers: fields, body: .file(region))
        case .unsatisfiable:
            fields["Content-Range"] = "bytes */\(file.length)"
            return HTTPResponse(status: .rangeNotSatisfiable, headers: fields)
        }
    }
}

/// A request's conditions, in the order of RFC 9110 section 13.2.2.
private struct Conditions {
    let fields: HTTPFields
    let etag: String
    let modified: Int?

    /// `If-Match`, and without it `If-Unmodified-Since`.
    var fail: Bool {
        if fields.contains("If-Match") { return !lists("If-Match", isWeak: false) }
        guard let since = fields["If-Unmodified-Since"].flatMap(HTTPDate.parse), let modified else { return false }
        return modified > since
    }

    /// `If-None-Match`, and without it `If-Modified-Since`.
    var isNotModified: Bool {
        if fields.contains("If-None-Match") { return lists("If-None-Match", isWeak: true) }
        guard let since = fields["If-Modified-Since"].flatMap(HTTPDate.parse), let modified else { return false }
        return modified <= since
    }

    /// `If-Range`: the range is wanted only of the file that the client has a part of.
    var allowRange: Bool {
        guard let validator = fields["If-Range"] else { return true }
        if let date = HTTPDate.parse(validator) { return date == modified }
        return !validator.hasPrefix("W/") && !etag.hasPrefix("W/") && validator == etag
    }

    private func lists(_ name: String, isWeak: Bool) -> Bool {
        let opaque: (String) -> String = { $0.hasPrefix("W/") ? String($0.dropFirst(2)) : $0 }
        return fields.members(of: name).contains { tag in
            if tag == "*" { return true }
            return isWeak ? opaque(tag) == opaque(etag) : tag == etag && !tag.hasPrefix("W/")
        }
    }
}
