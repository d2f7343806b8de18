extension String {
    /// The candidate that differs least from this text, if it differs by at most a quarter of it.
    func closest(among candidates: [String]) -> String? {
        let distances = candidates.map { (candidate: $0, distance: distance(to: $0)) }
        guard let best = distances.min(by: { $0.distance < $1.distance }), best.distance <= count / 4 else {
            return nil
        }
        return best.candidate
    }

    /// The number of characters to insert, delete or replace to make `other` of this text (Levenshtein's distance).
    func distance(to other: String) -> Int {
        let other = Array(other)
        var row = Array(0...other.count)
        for (index, character) in enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for column in other.indices {
                let replaced = diagonal + (character == other[column] ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = Swift.min(replaced, row[column] + 1, diagonal + 1)
            }
        }
        return row[other.count]
    }
}
