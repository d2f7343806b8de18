public import Bytes

/// One upload on its way in. Its calls come one after another.
public actor Upload {
    private let intake: Intake
    private let key: String
    private let policy: MediaPolicy
    private let declaredLength: Int?
    private let filename: String?

    init(
        intake: Intake, key: String, policy: MediaPolicy, declaredLength: Int?, filename: String?
    ) throws(MediaError) {
        self.intake = intake
        self.key = key
        self.policy = policy
        self.declaredLength = declaredLength
        self.filename = filename
    }

    /// Takes the next bytes. Returns when more may follow; throws as soon as it is certain that the file is not taken,
    /// after which nothing of it is left.
    public func receive(_ chunk: ByteChunk) async throws(MediaError) {
        throw MediaError(.internal, "to come")
    }

    /// The verdict, once every byte has been received. Nothing is visible in the store until the result is committed.
    public func finish() async throws(MediaError) -> JudgedMedia {
        throw MediaError(.internal, "to come")
    }

    /// Drops everything. After an error or ``finish()`` it does nothing.
    public func abort() async {}
}
