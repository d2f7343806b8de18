import Crypto
import MediaModel
import ObjectStore

extension ValidatedUpload {
    /// Fingerprints by object key. Objects with the same one have the same bytes (up to the place of a
    /// video's index), are served with the same header fields (name and
    /// media type among them), and have keys of the same form, so that one can be referenced in place of the other. There is none
    /// for a preview that is made later.
    /// - Parameter scope: objects of different scopes have different fingerprints.
    public func fingerprints(scope: [String]) -> [String: String] {
        var fingerprints: [String: String] = [:]
        if let contentDigest {
            fingerprints[objectKey.rawValue] = Self.fingerprint(
                scope, objectKey, digest: contentDigest, size: record.fileSize, attributes)
        }
        if let thumbnailKey, let thumbnail = inspection.thumbnail {
            fingerprints[thumbnailKey.rawValue] = Self.fingerprint(
                scope, thumbnailKey, digest: hexEncode(SHA256.hash(thumbnail)), size: thumbnail.count, .thumbnail)
        }
        return fingerprints
    }

    private static func fingerprint(
        _ scope: [String], _ key: ObjectKey, digest: String, size: Int, _ attributes: ObjectAttributes
    ) -> String {
        let served = [attributes.contentType, attributes.contentDisposition ?? "", attributes.cacheControl ?? ""]
        let place = key.segments.dropLast().joined(separator: "/")
        let suffix = key.rawValue.split(separator: ".").last.map(String.init) ?? ""
        let parts = scope + [digest, String(size), place, suffix] + served
        // Each part with its length: no two lists have the same text.
        return hexEncode(SHA256.hash(parts.map { "\($0.utf8.count):\($0)" }.joined().utf8))
    }
}
