internal import Bytes
internal import Foundation

/// The two forms in which S3 writes times.
extension Date {
    /// The date of a header field: `Fri, 24 May 2013 00:00:00 GMT`.
    init?(httpDate text: String) {
        guard let seconds = HTTPDate.parse(text) else { return nil }
        self.init(timeIntervalSince1970: Double(seconds))
    }

    /// The time of a listing: `2013-05-24T00:00:00.000Z`. Its fraction is dropped, as header fields have none.
    init?(rfc3339 text: String) {
        guard let milliseconds = RFC3339.milliseconds(text) else { return nil }
        self.init(timeIntervalSince1970: (Double(milliseconds) / 1000).rounded(.down))
    }
}
