-- The store as it was at `moment.at`: views of the same names in the temporary database, which SQLite looks a name up in
-- first. A row that tells when it came is there from then on. What changed since is as it was where a later change tells
-- what it replaced, and else as it is now. Views are for what questions with a `now` read.
create temp table moment (at integer not null, version integer not null); -- `version`: of the store, for the rollups beside it
insert into moment values (0, 0);

create temp view commits as select c.id, c.repository, c.oid, c.generation, c.parents, c.author, c.authored,
    c.authored_offset, c.committer, c.committed, c.committed_offset, c.merge,
    -- A bug that was not yet reported, or whose pull request was not yet merged, was not yet fixed by it.
    case when c.fixes < 2 or exists (select 1 from commit_issues l join issues i on i.id = l.issue
        where l.commit_id = c.id and i.bug = 1 and (l.direct = 1 or exists (select 1 from main.pr_commits pc
            join pr_issues pi on pi.pull_request = pc.pull_request and pi.issue = l.issue
            left join pull_records r on r.pull_request = pc.pull_request
            where pc.commit_id = c.id and ifnull(r.state, 2) = 2)))
        then c.fixes else c.fixes & 1 end as fixes,
    c.reverts, c.hash, c.message, c.message_raw
    from main.commits c where c.committed <= (select at from moment);

-- Who reviewed a pull request is a reviewer of its commits once they have said something.
create temp view commit_people as select p.* from main.commit_people p where p.at <= (select at from moment)
    and (p.source = 0 or exists (select 1 from main.pr_commits pc
        join main.identities o on o.id = p.identity
        join reviews v on v.pull_request = pc.pull_request
        join main.identities w on w.id = v.reviewer
        where pc.commit_id = p.commit_id and w.site = o.site and w.account = o.account
        and (v.verdict in (1, 2) or v.verdict = 0 and (v.body <> '' or exists (select 1 from review_comments c
            where c.pull_request = v.pull_request and c.review = v.review))))
    or exists (select 1 from main.pr_commits pc
        join main.identities o on o.id = p.identity
        join review_comments c on c.pull_request = pc.pull_request
        join main.identities w on w.id = c.author
        where pc.commit_id = p.commit_id and w.site = o.site and w.account = o.account));

create temp view commit_files as select * from main.commit_files where at <= (select at from moment);

create temp view issue_mentions as select m.* from main.issue_mentions m
    where exists (select 1 from main.commits c where c.id = m.commit_id and c.committed <= (select at from moment));

-- The first thing that happened to a path afterwards tells whether it lived: what was changed, deleted or moved away did,
-- what was added or moved there did not. Of paths to which nothing happened the tree of HEAD tells.
create temp view files as select f.id, f.repository, f.path, f.path_raw, f.folder, f.component,
    ifnull((select l.lived from (
        select t.kind in (1, 2) as lived, t.at as at, c.generation as generation
            from main.commit_files t indexed by commit_files_file
            cross join main.commits c on c.id = t.commit_id
            where t.file = f.id and t.at > (select at from moment)
        union all select 1, t.at, c.generation from main.commit_files t indexed by commit_files_from
            cross join main.commits c on c.id = t.commit_id
            where t.from_file = f.id and t.at > (select at from moment)
        order by 2, 3 limit 1) l), f.alive) as alive,
    f.blob, f.size, f.mode
    from main.files f where f.alive = 1 and not exists (select 1 from main.commit_files t indexed by commit_files_file
        where t.file = f.id and t.at > (select at from moment))
    or exists (select 1 from main.commit_files t where t.file = f.id and t.at <= (select at from moment));

create temp view folders as select d.* from main.folders d where d.path = '' or exists (select 1 from files f
    where f.repository = d.repository and f.path >= d.path || '/' and f.path < d.path || '0');
create temp view components as select k.* from main.components k
    where exists (select 1 from files f where f.component = k.id and f.alive = 1);

create temp view releases as select * from main.releases where at <= (select at from moment);
create temp view release_notes as select * from main.release_notes
    where ifnull(published, 0) <= (select at from moment);

create temp view comments as select * from main.comments where at <= (select at from moment);
create temp view reviews as select * from main.reviews where at <= (select at from moment);
create temp view review_comments as select * from main.review_comments where at <= (select at from moment);
create temp view pull_moments as select * from main.pull_moments where at <= (select at from moment);
create temp view issue_changes as select * from main.issue_changes where at <= (select at from moment);

-- What a field became undone by: the first change of it afterwards tells what it was.
create temp view issues as select i.id, i.repository, i.tracker, i.subject, i.key, i.project, i.number,
    ifnull((select h.old from main.issue_changes h where h.issue = i.id and h.field = 'summary'
        and h.at > (select at from moment) order by h.at, length(h.change), h.change, h.place limit 1), i.summary)
        as summary,
    i.kind, i.bug,
    ifnull((select h.old from main.issue_changes h where h.issue = i.id and h.field = 'status'
        and h.at > (select at from moment) order by h.at, length(h.change), h.change, h.place limit 1),
        iif(i.resolved > (select at from moment), '', i.status)) as status,
    -- How far a status is, any other issue of the tracker that has it tells; done is what was resolved.
    case
        when exists (select 1 from main.issue_changes h where h.issue = i.id and h.field = 'status'
            and h.at > (select at from moment))
        then ifnull((select o.category from main.issues o where o.tracker = i.tracker and o.category > 0
            and o.status = (select h.old from main.issue_changes h where h.issue = i.id and h.field = 'status'
                and h.at > (select at from moment) order by h.at, length(h.change), h.change, h.place limit 1)
            order by o.id limit 1), iif(i.resolved <= (select at from moment), 3, 1))
        else iif(i.category = 3 and i.resolved > (select at from moment), 1, i.category)
    end as category,
    ifnull((select h.old from main.issue_changes h where h.issue = i.id and h.field = 'priority'
        and h.at > (select at from moment) order by h.at, length(h.change), h.change, h.place limit 1), i.priority)
        as priority,
    ifnull((select h.old from main.issue_changes h where h.issue = i.id and h.field = 'resolution'
        and h.at > (select at from moment) order by h.at, length(h.change), h.change, h.place limit 1),
        iif(i.resolved > (select at from moment), '', i.resolution)) as resolution,
    i.reporter,
    case when exists (select 1 from main.issue_changes h where h.issue = i.id and h.field = 'assignee'
            and h.at > (select at from moment))
        then (with c as (select t.site, (select h.old from main.issue_changes h where h.issue = i.id
                and h.field = 'assignee' and h.at > (select at from moment)
                order by h.at, length(h.change), h.change, h.place limit 1) as called
                from main.trackers t where t.id = i.tracker)
            select min(id) from (
                select w.id from c cross join main.identities w
                    on w.kind = 2 and w.site = c.site and w.name = c.called
                union all select w.id from c cross join main.identities w
                    on w.kind = 2 and w.site = c.site and w.login = c.called
                union all select w.id from c cross join main.identities w
                    on w.kind = 2 and w.site = c.site and w.account = c.called))
        else i.assignee end as assignee,
    i.created,
    iif(i.updated <= (select at from moment), i.updated, max(i.created,
        ifnull((select max(h.at) from issue_changes h where h.issue = i.id), i.created),
        ifnull((select max(c.at) from comments c where c.issue = i.id), i.created))) as updated,
    iif(i.resolved <= (select at from moment), i.resolved,
        (select iif(h.new in ('', 'open'), null, h.at) from issue_changes h where h.issue = i.id
            and h.field = iif(i.project = '', 'status', 'resolution')
            order by h.at desc, length(h.change) desc, h.change desc, h.place desc limit 1)) as resolved,
    i.url, i.hash, i.body
    from main.issues i where i.created <= (select at from moment);

create temp view issue_keys as select k.* from main.issue_keys k
    where exists (select 1 from main.issues i where i.id = k.issue and i.created <= (select at from moment));
create temp view issue_names as select n.* from main.issue_names n
    where exists (select 1 from main.issues i where i.id = n.issue and i.created <= (select at from moment));
create temp view issue_links as select l.* from main.issue_links l
    where exists (select 1 from main.issues i where i.id = l.issue and i.created <= (select at from moment))
    and not exists (select 1 from main.issue_keys k join main.issues o on o.id = k.issue
        where k.repository = (select i.repository from main.issues i where i.id = l.issue)
        and k.key in (l.from_key, l.to_key) and o.created > (select at from moment))
    and not exists (select 1 from main.issue_changes h where h.issue = l.issue and h.field = 'link' and h.old = ''
        and h.at > (select at from moment) and (h.new like '% ' || l.from_key or h.new like '% ' || l.to_key));

create temp view pull_records as select r.pull_request, r.tracker, r.title,
    case when r.state = 2 and ifnull(r.merged, r.closed) <= (select at from moment) then 2
        when (select m.kind from pull_moments m where m.pull_request = r.pull_request
            and m.kind in ('closed', 'reopened') order by m.at desc, m.moment desc limit 1) = 'closed' then 1
        when r.state = 1 and r.closed <= (select at from moment) then 1
        when ifnull(r.closed, r.merged) > (select at from moment) then 0
        else r.state end as state,
    ifnull((select m.kind = 'ready_for_review' from main.pull_moments m where m.pull_request = r.pull_request
        and m.kind in ('ready_for_review', 'convert_to_draft', 'converted_to_draft') and m.at > (select at from moment)
        order by m.at, m.moment limit 1), r.draft) as draft,
    r.author, iif(r.merged <= (select at from moment), r.merged_by, null) as merged_by, r.created,
    iif(r.updated <= (select at from moment), r.updated, max(r.created,
        iif(r.closed <= (select at from moment), r.closed, r.created),
        iif(r.merged <= (select at from moment), r.merged, r.created),
        ifnull((select max(m.at) from pull_moments m where m.pull_request = r.pull_request), r.created),
        ifnull((select max(c.at) from comments c where c.pull_request = r.pull_request), r.created),
        ifnull((select max(c.at) from review_comments c where c.pull_request = r.pull_request), r.created),
        ifnull((select max(v.at) from reviews v where v.pull_request = r.pull_request), r.created))) as updated,
    iif(r.closed <= (select at from moment), r.closed, null) as closed,
    iif(r.merged <= (select at from moment), r.merged, null) as merged,
    r.head, r.branch, r.branch_owner, r.base,
    iif(r.merged <= (select at from moment), r.merge_commit, null) as merge_commit,
    r.url, r.added, r.deleted, r.hash, r.body
    from main.pull_records r where r.created <= (select at from moment);

-- Of one that only Git tells of, its commits tell when.
create temp view pull_requests as select p.* from main.pull_requests p
    where exists (select 1 from main.pull_records r where r.pull_request = p.id and r.created <= (select at from moment))
    or exists (select 1 from main.pr_commits l join main.commits c on c.id = l.commit_id where l.pull_request = p.id
        and l.source = 0 and l.told_by not like 'merged by %' and c.committed <= (select at from moment));
create temp view pr_commits as select l.* from main.pr_commits l
    where exists (select 1 from main.commits c where c.id = l.commit_id and c.committed <= (select at from moment))
    and case when l.source = 1
        then exists (select 1 from main.pull_records r
            where r.pull_request = l.pull_request and r.created <= (select at from moment))
        else l.told_by not like 'merged by %' or exists (select 1 from main.pr_commits m
            join main.commits c on c.id = m.commit_id where m.pull_request = l.pull_request and m.source = 0
            and m.told_by like 'Merge %' and c.committed <= (select at from moment)) end;
create temp view pull_names as select n.* from main.pull_names n where exists (select 1 from main.pull_records r
    where r.pull_request = n.pull_request and r.created <= (select at from moment));
create temp view pull_commits as select l.* from main.pull_commits l where l.authored <= (select at from moment)
    and exists (select 1 from main.pull_records r
        where r.pull_request = l.pull_request and r.created <= (select at from moment));
create temp view pull_files as select f.* from main.pull_files f where exists (select 1 from main.pull_records r
    where r.pull_request = f.pull_request and r.created <= (select at from moment));

-- Whose review was asked: by what happened, where that is told; else who is asked now.
create temp view pull_people as select p.pull_request, p.role, p.identity from main.pull_people p
    where exists (select 1 from main.pull_records r
        where r.pull_request = p.pull_request and r.created <= (select at from moment))
    and (p.role <> 1 or not exists (select 1 from main.pull_moments m join main.identities o on o.id = m.about
        join main.identities w on w.id = p.identity where m.pull_request = p.pull_request
        and m.kind in ('review_requested', 'review_request_removed') and o.site = w.site and o.account = w.account))
    union all select m.pull_request, 1, m.about from pull_moments m join main.identities o on o.id = m.about
    where m.kind = 'review_requested'
    and not exists (select 1 from pull_moments n join main.identities w on w.id = n.about
        where n.pull_request = m.pull_request and n.kind in ('review_requested', 'review_request_removed')
        and w.site = o.site and w.account = o.account and (n.at, n.moment) > (m.at, m.moment))
    and not exists (select 1 from reviews v join main.identities w on w.id = v.reviewer
        where v.pull_request = m.pull_request and w.site = o.site and w.account = o.account and v.at >= m.at);

-- A link is there once both its ends and the words that make it are. What undoes another begins with `reverts #3; `.
create temp view pr_issues as select l.pull_request, l.issue, l.told_by, l.closes from (
    select *, iif(told_by like 'reverts #%; %', substr(told_by, instr(told_by, '; ') + 2), told_by) as words
    from main.pr_issues) l
    where exists (select 1 from main.issues i where i.id = l.issue and i.created <= (select at from moment))
    and exists (select 1 from pull_requests p where p.id = l.pull_request)
    and (l.words not like '%a commit of it%' or exists (select 1 from pr_commits pc
        join main.commit_issues ci on ci.commit_id = pc.commit_id and ci.issue = l.issue and ci.direct = 1
        where pc.pull_request = l.pull_request))
    and (l.words not like '% in a comment on it' or exists (select 1 from comments c
        where c.pull_request = l.pull_request and ' ' || lower(c.body) || ' '
        glob '*[^0-9a-z]' || lower(substr(l.words, 1, length(l.words) - 19)) || '[^0-9]*'))
    and (l.words not like 'a comment of %' or exists (select 1 from comments c where c.issue = l.issue
        and c.body || ' ' glob '*/' || (select p.number from main.pull_requests p where p.id = l.pull_request)
        || '[^0-9]*'));
create temp view commit_issues as select l.* from main.commit_issues l
    where exists (select 1 from main.commits c where c.id = l.commit_id and c.committed <= (select at from moment))
    and exists (select 1 from main.issues i where i.id = l.issue and i.created <= (select at from moment))
    and case when l.direct = 1
        then l.told_by not like '%a comment of % gives its id' or exists (select 1 from comments c
            where c.issue = l.issue and instr(lower(c.body),
                (select lower(substr(hex(o.oid), 1, 7)) from main.commits o where o.id = l.commit_id)) > 0)
        else exists (select 1 from pr_commits pc join pr_issues pi on pi.pull_request = pc.pull_request
            and pi.issue = l.issue where pc.commit_id = l.commit_id) end;
