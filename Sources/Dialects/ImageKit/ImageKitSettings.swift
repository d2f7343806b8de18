import ChatBridge
import Configuration
import Foundation

/// The settings of ImageKit's upload API. Their names are those of the chat system.
package enum ImageKitSettings {
    static let publicKey = Setting(
        "Image_Kit_Public_Key_Owner", "TEXT", default: "derived from the secret",
        "the public key of ImageKit's upload API (`imagekit`), given to clients; set both keys or none")
    static let privateKey = Setting(
        "Image_Kit_Private_Key_Owner", "TEXT", default: "derived from the secret",
        "its private key, at least 16 bytes: signs upload tokens, and authenticates the chat server")
    static let url = Setting(
        "Image_Kit_URL", "URL", default: "the public URL", "the urlEndpoint that its clients are given")

    /// All of them, in the order in which they are documented.
    static let all = [publicKey, privateKey, url]

    /// Returns the configured keys, or keys that are derived from `secret` when none are configured.
    /// - Throws: `SettingError` when only one key is set, the private key is shorter than 16 bytes or contains a colon,
    ///   or the URL is not valid.
    static func keys(
        _ reader: SettingsReader, secret: [UInt8], baseURL: String
    ) throws(SettingError) -> ImageKitKeys {
        let endpoint = reader.text(url)
        if let endpoint, !WebURL.isValid(endpoint) {
            throw SettingError(url, "'\(endpoint)' is not of the form https://host/path")
        }
        switch (reader.text(publicKey), reader.text(privateKey)) {
        case (nil, nil):
            return .derived(from: secret, urlEndpoint: endpoint ?? baseURL)
        case (let publicText?, let privateText?):
            guard privateText.utf8.count >= 16, !privateText.contains(":") else {
                throw SettingError(privateKey, "needs 16 bytes or more, and no colon")
            }
            return ImageKitKeys(
                publicKey: publicText, privateKey: privateText, urlEndpoint: endpoint ?? baseURL)
        case (nil, _): throw SettingError(publicKey, "is needed with \(privateKey.variable)")
        case (_, nil): throw SettingError(privateKey, "is needed with \(publicKey.variable)")
        }
    }
}
