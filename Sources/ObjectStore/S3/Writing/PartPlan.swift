/// The limits of multipart uploads (Amazon S3 User Guide, "multipart upload limits"), and what follows from them.
enum PartPlan {
    static let maximumParts = 10_000
    static let minimumPartSize = 5 << 20
    /// The usual size of parts, in bytes: small enough that three of them fit into the memory of an upload.
    static let usualPartSize = 8 << 20

    /// The size of every part but the last, in bytes. `wanted` is used unless it is too small for the store or for the
    /// declared length.
    static func partSize(declaredLength: Int?, wanted: Int?) -> Int {
        let wanted = max(wanted ?? usualPartSize, minimumPartSize)
        let parts = ((declaredLength ?? 0) + wanted - 1) / wanted
        guard parts > maximumParts, let declaredLength else { return wanted }
        let needed = (declaredLength + maximumParts - 1) / maximumParts
        // Whole mebibytes.
        let mebibyte = 1 << 20
        return (needed + mebibyte - 1) / mebibyte * mebibyte
    }
}
