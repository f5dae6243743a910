internal import GRDB

/// Does a group of jobs in one transaction, so that one flush of the disk makes all of them safe.
enum GroupCommit {
    /// Every job is told, after the commit, what came of it. A job that fails is undone alone; without a commit none of
    /// them was done, and all are told `unavailable`.
    static func run(_ jobs: [WriteJob], in db: Database) {
        do {
            var reports: [WriteJob.Report] = []
            try db.inTransaction(.immediate) {
                for job in jobs { reports.append(try run(job, in: db)) }
                return .commit
            }
            for report in reports { report() }
        } catch {
            let failure = StoreError(.unavailable, "not stored: \(StoreError(error))")
            for job in jobs { job.fail(failure) }
        }
    }

    /// - Returns: how to tell what came of the job, once that is certain.
    /// - Throws: when the group cannot go on, because the failure ended the transaction (as a full disk does) or the job
    ///   could not be undone.
    private static func run(_ job: WriteJob, in db: Database) throws -> WriteJob.Report {
        try db.execute(sql: "SAVEPOINT job")
        let report: WriteJob.Report
        do {
            report = try job.run(db)
        } catch {
            guard db.isInsideTransaction else { throw error }
            try db.execute(sql: "ROLLBACK TO job")
            let failure = StoreError(error)
            report = { job.fail(failure) }
        }
        try db.execute(sql: "RELEASE job")
        return report
    }
}
