extension MediaPolicy {
    /// What the policy accepts within `limits`: a limit that is wider than the policy's own has no effect.
    public func narrowed(by limits: MediaLimits) -> MediaPolicy {
        var policy = self
        policy.limits = self.limits.narrowed(by: limits)
        policy.kinds.subtract(limits.excludedKinds.keys)
        return policy
    }

    /// The size of the largest file that is accepted, of whatever kind, in bytes.
    public var largestFile: Int { byteLimit(of: nil).value }

    /// The maximum size of a file of `kind`, in bytes, and what has set it (`nil`: the policy itself). As long as the kind is not
    /// known (`nil`), that of the kind with the largest.
    public func byteLimit(of kind: MediaKind?) -> (value: Int, origin: String?) {
        guard let kind else {
            return kinds.map { byteLimit(of: $0) }.max { $0.value < $1.value } ?? (maximumBytes, nil)
        }
        let own = min(maximumBytesByKind[kind] ?? maximumBytes, maximumBytes)
        guard let limit = limits.bytes[kind], limit.value < own else { return (own, nil) }
        return (limit.value, limit.origin)
    }

    /// The maximum duration of a file of `kind`, in seconds, and what has set it; `nil` where there is no limit.
    public func durationLimit(of kind: MediaKind) -> (value: Double, origin: String?)? {
        guard let limit = limits.seconds[kind], limit.value < maximumDuration ?? .infinity else {
            return maximumDuration.map { ($0, nil) }
        }
        return (limit.value, limit.origin)
    }

    /// The maximum number of pixels of a picture or video frame, and what has set it.
    public func pixelLimit(of kind: MediaKind) -> (value: Int, origin: String?) {
        guard let limit = limits.pixels[kind], limit.value < maximumPixels else { return (maximumPixels, nil) }
        return (limit.value, limit.origin)
    }
}
