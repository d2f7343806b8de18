public import Foundation

/// The bytes of `text` in `encoding`; `nil` where that cannot represent all of it. (Foundation of Swift 6.0 encodes nothing but
/// ASCII as ISO 8859-1.)
public func textBytes(_ text: String, in encoding: String.Encoding) -> [UInt8]? {
    guard encoding == .isoLatin1 else { return text.data(using: encoding).map { [UInt8]($0) } }
    let bytes = text.unicodeScalars.compactMap { UInt8(exactly: $0.value) }
    return bytes.count == text.unicodeScalars.count ? bytes : nil
}
