import MediaAPI

extension Setting {
    static let imageKitPublicKey = Setting(
        "Image_Kit_Public_Key_Owner", "TEXT", default: "follows from the secret",
        "the public key of ImageKit's upload API, told to clients")
    static let imageKitPrivateKey = Setting(
        "Image_Kit_Private_Key_Owner", "TEXT", default: "follows from the secret",
        "the private key of ImageKit's upload API: signs upload tokens, and opens it for the chat server")
    static let imageKitURL = Setting(
        "Image_Kit_URL", "URL", default: "the public URL", "the urlEndpoint that clients of ImageKit's API are told")

    /// Those of ImageKit's upload API, in the order in which they are documented. The names are the chat system's own.
    static let imageKit = [imageKitPublicKey, imageKitPrivateKey, imageKitURL]
}

/// What is set of ImageKit's upload API.
struct ImageKitSettings {
    private let pair: (publicKey: String, privateKey: String)?
    private let urlEndpoint: String?

    /// What the settings say; both keys or none.
    init(_ reader: SettingsReader) throws(SettingError) {
        switch (reader.text(.imageKitPublicKey), reader.text(.imageKitPrivateKey)) {
        case (nil, nil): pair = nil
        case (let publicKey?, let privateKey?):
            guard privateKey.utf8.count >= 16, !privateKey.contains(":") else {
                throw SettingError(
                    variable: Setting.imageKitPrivateKey.variable, problem: "needs 16 bytes or more, and no colon")
            }
            pair = (publicKey, privateKey)
        case (nil, _):
            throw SettingError(
                variable: Setting.imageKitPublicKey.variable,
                problem: "is needed with \(Setting.imageKitPrivateKey.variable)")
        case (_, nil):
            throw SettingError(
                variable: Setting.imageKitPrivateKey.variable,
                problem: "is needed with \(Setting.imageKitPublicKey.variable)")
        }
        urlEndpoint = reader.text(.imageKitURL)
        if let urlEndpoint, !Settings.isWebOrigin(urlEndpoint) {
            throw SettingError(
                variable: Setting.imageKitURL.variable, problem: "'\(urlEndpoint)' is not of the form https://host/path"
            )
        }
    }

    /// The keys; those that are not set follow from `secret`.
    func keys(secret: [UInt8], baseURL: String) -> ImageKitKeys {
        guard let pair else { return .derived(from: secret, urlEndpoint: urlEndpoint ?? baseURL) }
        return ImageKitKeys(
            publicKey: pair.publicKey, privateKey: pair.privateKey, urlEndpoint: urlEndpoint ?? baseURL)
    }
}
