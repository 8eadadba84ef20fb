//! `data/service-rules.json` as a table, so that nothing is read when a program starts. A test writes it.

use super::{ActionRule, ActionRules, Actions, Keys, OfService, Row, ServiceRules};
use std::borrow::Cow;

#[rustfmt::skip]
#[expect(clippy::unreadable_literal, reason = "sets of rules, which nobody reads")]
pub(super) const BUILT_IN: ServiceRules = ServiceRules { services: Cow::Borrowed(&[
    OfService { service: Cow::Borrowed("access-analyzer"), named: Cow::Borrowed(&[
        (Cow::Borrowed("createservicelinkedanalyzer"), ActionRules(0x400000)),
    ]), rows: Cow::Borrowed(&[
    ]), further_gates: Cow::Borrowed(&[
    ]), keys: None },
    OfService { service: Cow::Borrowed("account"), named: Cow::Borrowed(&[
        (Cow::Borrowed("acceptprimaryemailupdate"), ActionRules(0x20000)),
        (Cow::Borrowed("getprimaryemail"), ActionRules(0x20000)),
        (Cow::Borrowed("getprimaryemailupdatestatus"), ActionRules(0x20000)),
        (Cow::Borrowed("startprimaryemailupdate"), ActionRules(0x20000)),
    ]), rows: Cow::Borrowed(&[
    ]), further_gates: Cow::Borrowed(&[
    ]), keys: None },
    OfService { service: Cow::Borrowed("aco-automation"), named: Cow::Borrowed(&[
        (Cow::Borrowed("associateaccounts"), ActionRules(0x4000)),
        (Cow::Borrowed("disassociateaccounts"), ActionRules(0x4000)),
        (Cow::Borrowed("listaccounts"), ActionRules(0x4000)),
    ]), rows: Cow::Borrowed(&[
    ]), further_gates: Cow::Borrowed(&[
    ]), keys: None },
    OfService { service: Cow::Borrowed("backup"), named: Cow::Borrowed(&[
    ]), rows: Cow::Borrowed(&[
        Row { rule: ActionRule::NoCrossAccount, actions: Actions::AllBut(Cow::Borrowed(&[Cow::Borrowed("copyintobackupvault")])), resources: Cow::Borrowed(&[Cow::Borrowed("backup-vault:"), Cow::Borrowed("recovery-point:")]) },
    ]), further_gates: Cow::Borrowed(&[
    ]), keys: None },
    OfService { service: Cow::Borrowed("bedrock"), named: Cow::Borrowed(&[
    ]), rows: Cow::Borrowed(&[
        Row { rule: ActionRule::NoCrossAccount, actions: Actions::AllBut(Cow::Borrowed(&[Cow::Borrowed("getdocumentcontent"), Cow::Borrowed("retrieve")])), resources: Cow::Borrowed(&[Cow::Borrowed("knowledge-base/")]) },
        Row { rule: ActionRule::ResourcePolicyTakesNoPart, actions: Actions::AllBut(Cow::Borrowed(&[Cow::Borrowed("getdocumentcontent"), Cow::Borrowed("retrieve")])), resources: Cow::Borrowed(&[Cow::Borrowed("knowledge-base/")]) },
    ]), further_gates: Cow::Borrowed(&[
    ]), keys: None },
    OfService { service: Cow::Borrowed("bedrock-agentcore"), named: Cow::Borrowed(&[
        (Cow::Borrowed("invokeagentruntime"), ActionRules(0x4000000)),
        (Cow::Borrowed("invokeagentruntimecommand"), ActionRules(0x4000000)),
    ]), rows: Cow::Borrowed(&[
    ]), further_gates: Cow::Borrowed(&[
        (Actions::These(Cow::Borrowed(&[Cow::Borrowed("invokeagentruntime"), Cow::Borrowed("invokeagentruntimecommand")])), Cow::Borrowed("AWS evaluates this for the runtime and for its endpoint; each existing resource policy must allow it")),
    ]), keys: None },
    OfService { service: Cow::Borrowed("billing"), named: Cow::Borrowed(&[
        (Cow::Borrowed("associatecontract"), ActionRules(0x10000)),
        (Cow::Borrowed("transfercredit"), ActionRules(0x10000)),
    ]), rows: Cow::Borrowed(&[
    ]), further_gates: Cow::Borrowed(&[
    ]), keys: None },
    OfService { service: Cow::Borrowed("cloudhsm"), named: Cow::Borrowed(&[
        (Cow::Borrowed("copybackuptoregion"), ActionRules(0x10)),
        (Cow::Borrowed("createhsm"), ActionRules(0x10)),
        (Cow::Borrowed("deletebackup"), ActionRules(0x10)),
        (Cow::Borrowed("deletecluster"), ActionRules(0x10)),
        (Cow::Borrowed("deletehsm"), ActionRules(0x10)),
        (Cow::Borrowed("deleteresourcepolicy"), ActionRules(0x10)),
        (Cow::Borrowed("describeclusters"), ActionRules(0x10)),
        (Cow::Borrowed("getresourcepolicy"), ActionRules(0x10)),
        (Cow::Borrowed("initializecluster"), ActionRules(0x10)),
        (Cow::Borrowed("listtags"), ActionRules(0x10)),
        (Cow::Borrowed("modifybackupattributes"), ActionRules(0x10)),
        (Cow::Borrowed("modifycluster"), ActionRules(0x10)),
        (Cow::Borrowed("putresourcepolicy"), ActionRules(0x10)),
        (Cow::Borrowed("restorebackup"), ActionRules(0x10)),
        (Cow::Borrowed("tagresource"), ActionRules(0x10)),
        (Cow::Borrowed("untagresource"), ActionRules(0x10)),
    ]), rows: Cow::Borrowed(&[
    ]), further_gates: Cow::Borrowed(&[
    ]), keys: None },
    OfService { service: Cow::Borrowed("cloudtrail"), named: Cow::Borrowed(&[
        (Cow::Borrowed("deregisterorganizationdelegatedadmin"), ActionRules(0x2000)),
        (Cow::Borrowed("registerorganizationdelegatedadmin"), ActionRules(0x2000)),
    ]), rows: Cow::Borrowed(&[
        Row { rule: ActionRule::ResourcePolicyTakesNoPart, actions: Actions::AllBut(Cow::Borrowed(&[Cow::Borrowed("cancelquery"), Cow::Borrowed("describequery"), Cow::Borrowed("generatequery"), Cow::Borrowed("generatequeryresultssummary"), Cow::Borrowed("geteventdatastore"), Cow::Borrowed("getqueryresults"), Cow::Borrowed("listqueries"), Cow::Borrowed("startquery")])), resources: Cow::Borrowed(&[Cow::Borrowed("eventdatastore/")]) },
    ]), further_gates: Cow::Borrowed(&[
    ]), keys: None },
    OfService { service: Cow::Borrowed("codeartifact"), named: Cow::Borrowed(&[
        (Cow::Borrowed("putdomainpermissionspolicy"), ActionRules(0x40)),
        (Cow::Borrowed("putrepositorypermissionspolicy"), ActionRules(0x40)),
    ]), rows: Cow::Borrowed(&[
    ]), further_gates: Cow::Borrowed(&[
    ]), keys: None },
    OfService { service: Cow::Borrowed("cognito-identity"), named: Cow::Borrowed(&[
        (Cow::Borrowed("getcredentialsforidentity"), ActionRules(0x800000)),
        (Cow::Borrowed("getid"), ActionRules(0x800000)),
        (Cow::Borrowed("getopenidtoken"), ActionRules(0x800000)),
        (Cow::Borrowed("unlinkidentity"), ActionRules(0x800000)),
    ]), rows: Cow::Borrowed(&[
    ]), further_gates: Cow::Borrowed(&[
    ]), keys: None },
    OfService { service: Cow::Borrowed("cognito-idp"), named: Cow::Borrowed(&[
        (Cow::Borrowed("associatesoftwaretoken"), ActionRules(0x800000)),
        (Cow::Borrowed("changepassword"), ActionRules(0x800000)),
        (Cow::Borrowed("confirmdevice"), ActionRules(0x800000)),
        (Cow::Borrowed("confirmforgotpassword"), ActionRules(0x800000)),
        (Cow::Borrowed("confirmsignup"), ActionRules(0x800000)),
        (Cow::Borrowed("deleteuser"), ActionRules(0x800000)),
        (Cow::Borrowed("deleteuserattributes"), ActionRules(0x800000)),
        (Cow::Borrowed("deletewebauthncredential"), ActionRules(0x800000)),
        (Cow::Borrowed("forgetdevice"), ActionRules(0x800000)),
        (Cow::Borrowed("forgotpassword"), ActionRules(0x800000)),
        (Cow::Borrowed("getclienttoken"), ActionRules(0x800000)),
        (Cow::Borrowed("getdevice"), ActionRules(0x800000)),
        (Cow::Borrowed("getprovisionedlimit"), ActionRules(0x10)),
        (Cow::Borrowed("getuser"), ActionRules(0x800000)),
        (Cow::Borrowed("getuserattributeverificationcode"), ActionRules(0x800000)),
        (Cow::Borrowed("getuserauthfactors"), ActionRules(0x800000)),
        (Cow::Borrowed("globalsignout"), ActionRules(0x800000)),
        (Cow::Borrowed("initiateauth"), ActionRules(0x800000)),
        (Cow::Borrowed("listdevices"), ActionRules(0x800000)),
        (Cow::Borrowed("listwebauthncredentials"), ActionRules(0x800000)),
        (Cow::Borrowed("resendconfirmationcode"), ActionRules(0x800000)),
        (Cow::Borrowed("respondtoauthchallenge"), ActionRules(0x800000)),
        (Cow::Borrowed("revoketoken"), ActionRules(0x800000)),
        (Cow::Borrowed("setusermfapreference"), ActionRules(0x800000)),
        (Cow::Borrowed("setusersettings"), ActionRules(0x800000)),
        (Cow::Borrowed("signup"), ActionRules(0x800000)),
        (Cow::Borrowed("updateautheventfeedback"), ActionRules(0x800000)),
        (Cow::Borrowed("updatedevicestatus"), ActionRules(0x800000)),
        (Cow::Borrowed("updateprovisionedlimit"), ActionRules(0x10)),
        (Cow::Borrowed("updateuserattributes"), ActionRules(0x800000)),
        (Cow::Borrowed("verifysoftwaretoken"), ActionRules(0x800000)),
        (Cow::Borrowed("verifyuserattribute"), ActionRules(0x800000)),
    ]), rows: Cow::Borrowed(&[
    ]), further_gates: Cow::Borrowed(&[
    ]), keys: None },
    OfService { service: Cow::Borrowed("config"), named: Cow::Borrowed(&[
        (Cow::Borrowed("deleteorganizationconfigrule"), ActionRules(0x4000)),
        (Cow::Borrowed("deleteorganizationconformancepack"), ActionRules(0x4000)),
        (Cow::Borrowed("putorganizationconfigrule"), ActionRules(0x4000)),
        (Cow::Borrowed("putorganizationconformancepack"), ActionRules(0x4000)),
        (Cow::Borrowed("putthirdpartyservicelinkedconfigurationrecorder"), ActionRules(0x400000)),
    ]), rows: Cow::Borrowed(&[
    ]), further_gates: Cow::Borrowed(&[
    ]), keys: None },
    OfService { service: Cow::Borrowed("detective"), named: Cow::Borrowed(&[
        (Cow::Borrowed("disableorganizationadminaccount"), ActionRules(0x2000)),
        (Cow::Borrowed("enableorganizationadminaccount"), ActionRules(0x2000)),
    ]), rows: Cow::Borrowed(&[
    ]), further_gates: Cow::Borrowed(&[
    ]), keys: None },
    OfService { service: Cow::Borrowed("dynamodb"), named: Cow::Borrowed(&[
        (Cow::Borrowed("createbackup"), ActionRules(0x10)),
        (Cow::Borrowed("createglobaltable"), ActionRules(0x50)),
        (Cow::Borrowed("createtable"), ActionRules(0x50)),
        (Cow::Borrowed("deletebackup"), ActionRules(0x50)),
        (Cow::Borrowed("deleteresourcepolicy"), ActionRules(0x1010)),
        (Cow::Borrowed("describebackup"), ActionRules(0x50)),
        (Cow::Borrowed("describecontinuousbackups"), ActionRules(0x10)),
        (Cow::Borrowed("describecontributorinsights"), ActionRules(0x10)),
        (Cow::Borrowed("describeendpoints"), ActionRules(0x50)),
        (Cow::Borrowed("describeexport"), ActionRules(0x50)),
        (Cow::Borrowed("describeglobaltable"), ActionRules(0x50)),
        (Cow::Borrowed("describeglobaltablesettings"), ActionRules(0x50)),
        (Cow::Borrowed("describeimport"), ActionRules(0x50)),
        (Cow::Borrowed("describekinesisstreamingdestination"), ActionRules(0x10)),
        (Cow::Borrowed("describelimits"), ActionRules(0x50)),
        (Cow::Borrowed("describetablereplicaautoscaling"), ActionRules(0x10)),
        (Cow::Borrowed("describetimetolive"), ActionRules(0x10)),
        (Cow::Borrowed("disablekinesisstreamingdestination"), ActionRules(0x10)),
        (Cow::Borrowed("enablekinesisstreamingdestination"), ActionRules(0x10)),
        (Cow::Borrowed("exporttabletopointintime"), ActionRules(0x10)),
        (Cow::Borrowed("getresourcepolicy"), ActionRules(0x10)),
        (Cow::Borrowed("importtable"), ActionRules(0x50)),
        (Cow::Borrowed("listbackups"), ActionRules(0x50)),
        (Cow::Borrowed("listcontributorinsights"), ActionRules(0x50)),
        (Cow::Borrowed("listexports"), ActionRules(0x50)),
        (Cow::Borrowed("listglobaltables"), ActionRules(0x50)),
        (Cow::Borrowed("listimports"), ActionRules(0x50)),
        (Cow::Borrowed("listtables"), ActionRules(0x50)),
        (Cow::Borrowed("partiqldelete"), ActionRules(0x10)),
        (Cow::Borrowed("partiqlinsert"), ActionRules(0x10)),
        (Cow::Borrowed("partiqlselect"), ActionRules(0x10)),
        (Cow::Borrowed("partiqlupdate"), ActionRules(0x10)),
        (Cow::Borrowed("putresourcepolicy"), ActionRules(0x10)),
        (Cow::Borrowed("restoretablefrombackup"), ActionRules(0x50)),
        (Cow::Borrowed("restoretabletopointintime"), ActionRules(0x10)),
        (Cow::Borrowed("updatecontinuousbackups"), ActionRules(0x10)),
        (Cow::Borrowed("updatecontributorinsights"), ActionRules(0x10)),
        (Cow::Borrowed("updateglobaltable"), ActionRules(0x50)),
        (Cow::Borrowed("updateglobaltablesettings"), ActionRules(0x50)),
        (Cow::Borrowed("updatekinesisstreamingdestination"), ActionRules(0x10)),
        (Cow::Borrowed("updatetablereplicaautoscaling"), ActionRules(0x10)),
        (Cow::Borrowed("updatetimetolive"), ActionRules(0x10)),
    ]), rows: Cow::Borrowed(&[
    ]), further_gates: Cow::Borrowed(&[
    ]), keys: None },
    OfService { service: Cow::Borrowed("ec2"), named: Cow::Borrowed(&[
        (Cow::Borrowed("enablereachabilityanalyzerorganizationsharing"), ActionRules(0x2000)),
        (Cow::Borrowed("startdeclarativepoliciesreport"), ActionRules(0x4000)),
        (Cow::Borrowed("validatesecuritygroupquotasforinterface"), ActionRules(0x400000)),
    ]), rows: Cow::Borrowed(&[
    ]), further_gates: Cow::Borrowed(&[
    ]), keys: None },
    OfService { service: Cow::Borrowed("es"), named: Cow::Borrowed(&[
    ]), rows: Cow::Borrowed(&[
        Row { rule: ActionRule::ResourcePolicyTakesNoPart, actions: Actions::AllBut(Cow::Borrowed(&[Cow::Borrowed("escrossclusterget"), Cow::Borrowed("eshttpdelete"), Cow::Borrowed("eshttpget"), Cow::Borrowed("eshttphead"), Cow::Borrowed("eshttppatch"), Cow::Borrowed("eshttppost"), Cow::Borrowed("eshttpput")])), resources: Cow::Borrowed(&[]) },
        Row { rule: ActionRule::KeysNotSupplied, actions: Actions::AllBut(Cow::Borrowed(&[])), resources: Cow::Borrowed(&[]) },
    ]), further_gates: Cow::Borrowed(&[
    ]), keys: Some(Keys::AllBut(Cow::Borrowed(&[Cow::Borrowed("aws:principaltag/*"), Cow::Borrowed("aws:securetransport")]))) },
    OfService { service: Cow::Borrowed("fms"), named: Cow::Borrowed(&[
        (Cow::Borrowed("listadminaccountsfororganization"), ActionRules(0x2000)),
        (Cow::Borrowed("putadminaccount"), ActionRules(0x2000)),
    ]), rows: Cow::Borrowed(&[
    ]), further_gates: Cow::Borrowed(&[
    ]), keys: None },
    OfService { service: Cow::Borrowed("glue"), named: Cow::Borrowed(&[
    ]), rows: Cow::Borrowed(&[
        Row { rule: ActionRule::NoCrossAccount, actions: Actions::AllBut(Cow::Borrowed(&[])), resources: Cow::Borrowed(&[Cow::Borrowed("blueprint/"), Cow::Borrowed("crawler/"), Cow::Borrowed("devEndpoint/"), Cow::Borrowed("job/"), Cow::Borrowed("mlTransform/"), Cow::Borrowed("session/"), Cow::Borrowed("trigger/"), Cow::Borrowed("usageProfile/"), Cow::Borrowed("workflow/")]) },
    ]), further_gates: Cow::Borrowed(&[
    ]), keys: None },
    OfService { service: Cow::Borrowed("guardduty"), named: Cow::Borrowed(&[
        (Cow::Borrowed("createcustomdetectionruleorgconfiguration"), ActionRules(0x8000)),
        (Cow::Borrowed("deletecustomdetectionruleorgconfiguration"), ActionRules(0x8000)),
        (Cow::Borrowed("disableorganizationadminaccount"), ActionRules(0x2000)),
        (Cow::Borrowed("enableorganizationadminaccount"), ActionRules(0x2000)),
        (Cow::Borrowed("listorganizationadminaccounts"), ActionRules(0x2000)),
    ]), rows: Cow::Borrowed(&[
    ]), further_gates: Cow::Borrowed(&[
    ]), keys: None },
    OfService { service: Cow::Borrowed("iam"), named: Cow::Borrowed(&[
        (Cow::Borrowed("addroletoinstanceprofile"), ActionRules(0x100)),
        (Cow::Borrowed("attachrolepolicy"), ActionRules(0x100)),
        (Cow::Borrowed("deleterole"), ActionRules(0x100)),
        (Cow::Borrowed("deleterolepermissionsboundary"), ActionRules(0x100)),
        (Cow::Borrowed("deleterolepolicy"), ActionRules(0x100)),
        (Cow::Borrowed("detachrolepolicy"), ActionRules(0x100)),
        (Cow::Borrowed("enableorganizationsrootcredentialsmanagement"), ActionRules(0x2000)),
        (Cow::Borrowed("enableorganizationsrootsessions"), ActionRules(0x2000)),
        (Cow::Borrowed("generateorganizationsaccessreport"), ActionRules(0x2000)),
        (Cow::Borrowed("getorganizationsaccessreport"), ActionRules(0x2000)),
        (Cow::Borrowed("passrole"), ActionRules(0x200000)),
        (Cow::Borrowed("putrolepermissionsboundary"), ActionRules(0x100)),
        (Cow::Borrowed("putrolepolicy"), ActionRules(0x100)),
        (Cow::Borrowed("removerolefrominstanceprofile"), ActionRules(0x100)),
        (Cow::Borrowed("updateassumerolepolicy"), ActionRules(0x100)),
    ]), rows: Cow::Borrowed(&[
    ]), further_gates: Cow::Borrowed(&[
    ]), keys: None },
    OfService { service: Cow::Borrowed("inspector2"), named: Cow::Borrowed(&[
        (Cow::Borrowed("batchgetmemberec2deepinspectionstatus"), ActionRules(0x8000)),
        (Cow::Borrowed("batchupdatememberec2deepinspectionstatus"), ActionRules(0x8000)),
        (Cow::Borrowed("updateorgec2deepinspectionconfiguration"), ActionRules(0x8000)),
    ]), rows: Cow::Borrowed(&[
    ]), further_gates: Cow::Borrowed(&[
    ]), keys: None },
    OfService { service: Cow::Borrowed("iot"), named: Cow::Borrowed(&[
        (Cow::Borrowed("connect"), ActionRules(0x4000000)),
        (Cow::Borrowed("deletethingshadow"), ActionRules(0x4000000)),
        (Cow::Borrowed("getthingshadow"), ActionRules(0x4000000)),
        (Cow::Borrowed("publish"), ActionRules(0x4000000)),
        (Cow::Borrowed("receive"), ActionRules(0x4000000)),
        (Cow::Borrowed("retainpublish"), ActionRules(0x4000000)),
        (Cow::Borrowed("subscribe"), ActionRules(0x4000000)),
        (Cow::Borrowed("updatethingshadow"), ActionRules(0x4000000)),
    ]), rows: Cow::Borrowed(&[
    ]), further_gates: Cow::Borrowed(&[
        (Actions::These(Cow::Borrowed(&[Cow::Borrowed("connect"), Cow::Borrowed("deletethingshadow"), Cow::Borrowed("getthingshadow"), Cow::Borrowed("publish"), Cow::Borrowed("receive"), Cow::Borrowed("retainpublish"), Cow::Borrowed("subscribe"), Cow::Borrowed("updatethingshadow")])), Cow::Borrowed("where the caller is an authenticated Amazon Cognito identity, the AWS IoT policy of the identity must allow this too")),
    ]), keys: None },
    OfService { service: Cow::Borrowed("kinesis"), named: Cow::Borrowed(&[
        (Cow::Borrowed("putresourcepolicy"), ActionRules(0x10)),
    ]), rows: Cow::Borrowed(&[
    ]), further_gates: Cow::Borrowed(&[
    ]), keys: None },
    OfService { service: Cow::Borrowed("kms"), named: Cow::Borrowed(&[
        (Cow::Borrowed("cancelkeydeletion"), ActionRules(0x10)),
        (Cow::Borrowed("connectcustomkeystore"), ActionRules(0x10)),
        (Cow::Borrowed("createalias"), ActionRules(0x10)),
        (Cow::Borrowed("createcustomkeystore"), ActionRules(0x10)),
        (Cow::Borrowed("createkey"), ActionRules(0x10)),
        (Cow::Borrowed("deletealias"), ActionRules(0x10)),
        (Cow::Borrowed("deletecustomkeystore"), ActionRules(0x10)),
        (Cow::Borrowed("deleteimportedkeymaterial"), ActionRules(0x10)),
        (Cow::Borrowed("describecustomkeystores"), ActionRules(0x10)),
        (Cow::Borrowed("disablekey"), ActionRules(0x10)),
        (Cow::Borrowed("disablekeyrotation"), ActionRules(0x10)),
        (Cow::Borrowed("disconnectcustomkeystore"), ActionRules(0x10)),
        (Cow::Borrowed("enablekey"), ActionRules(0x10)),
        (Cow::Borrowed("enablekeyrotation"), ActionRules(0x10)),
        (Cow::Borrowed("getkeylastusage"), ActionRules(0x10)),
        (Cow::Borrowed("getkeypolicy"), ActionRules(0x10)),
        (Cow::Borrowed("getparametersforimport"), ActionRules(0x10)),
        (Cow::Borrowed("importkeymaterial"), ActionRules(0x10)),
        (Cow::Borrowed("listaliases"), ActionRules(0x10)),
        (Cow::Borrowed("listkeypolicies"), ActionRules(0x10)),
        (Cow::Borrowed("listkeyrotations"), ActionRules(0x10)),
        (Cow::Borrowed("listkeys"), ActionRules(0x10)),
        (Cow::Borrowed("listresourcetags"), ActionRules(0x10)),
        (Cow::Borrowed("putkeypolicy"), ActionRules(0x10)),
        (Cow::Borrowed("replicatekey"), ActionRules(0x10)),
        (Cow::Borrowed("retiregrant"), ActionRules(0x2000000)),
        (Cow::Borrowed("rotatekeyondemand"), ActionRules(0x10)),
        (Cow::Borrowed("schedulekeydeletion"), ActionRules(0x10)),
        (Cow::Borrowed("tagresource"), ActionRules(0x10)),
        (Cow::Borrowed("untagresource"), ActionRules(0x10)),
        (Cow::Borrowed("updatealias"), ActionRules(0x10)),
        (Cow::Borrowed("updatecustomkeystore"), ActionRules(0x10)),
        (Cow::Borrowed("updatekeydescription"), ActionRules(0x10)),
        (Cow::Borrowed("updateprimaryregion"), ActionRules(0x10)),
    ]), rows: Cow::Borrowed(&[
    ]), further_gates: Cow::Borrowed(&[
    ]), keys: None },
    OfService { service: Cow::Borrowed("lex"), named: Cow::Borrowed(&[
    ]), rows: Cow::Borrowed(&[
        Row { rule: ActionRule::NoCrossAccount, actions: Actions::AllBut(Cow::Borrowed(&[])), resources: Cow::Borrowed(&[]) },
    ]), further_gates: Cow::Borrowed(&[
    ]), keys: None },
    OfService { service: Cow::Borrowed("logs"), named: Cow::Borrowed(&[
        (Cow::Borrowed("createlogstream"), ActionRules(0x20)),
        (Cow::Borrowed("putlogevents"), ActionRules(0x20)),
    ]), rows: Cow::Borrowed(&[
    ]), further_gates: Cow::Borrowed(&[
    ]), keys: None },
    OfService { service: Cow::Borrowed("mechanicalturk"), named: Cow::Borrowed(&[
    ]), rows: Cow::Borrowed(&[
        Row { rule: ActionRule::ScpNeverRestricts, actions: Actions::AllBut(Cow::Borrowed(&[])), resources: Cow::Borrowed(&[]) },
    ]), further_gates: Cow::Borrowed(&[
    ]), keys: None },
    OfService { service: Cow::Borrowed("networkmanager"), named: Cow::Borrowed(&[
        (Cow::Borrowed("startorganizationserviceaccessupdate"), ActionRules(0x2000)),
    ]), rows: Cow::Borrowed(&[
    ]), further_gates: Cow::Borrowed(&[
    ]), keys: None },
    OfService { service: Cow::Borrowed("observabilityadmin"), named: Cow::Borrowed(&[
        (Cow::Borrowed("createcentralizationrulefororganization"), ActionRules(0x4000)),
        (Cow::Borrowed("createtelemetryrulefororganization"), ActionRules(0x4000)),
        (Cow::Borrowed("deletecentralizationrulefororganization"), ActionRules(0x4000)),
        (Cow::Borrowed("deletetelemetryrulefororganization"), ActionRules(0x4000)),
        (Cow::Borrowed("getcentralizationrulefororganization"), ActionRules(0x4000)),
        (Cow::Borrowed("gettelemetryevaluationstatusfororganization"), ActionRules(0x4000)),
        (Cow::Borrowed("gettelemetryrulefororganization"), ActionRules(0x4000)),
        (Cow::Borrowed("listcentralizationrulesfororganization"), ActionRules(0x4000)),
        (Cow::Borrowed("listtelemetryrulesfororganization"), ActionRules(0x4000)),
        (Cow::Borrowed("updatecentralizationrulefororganization"), ActionRules(0x4000)),
        (Cow::Borrowed("updatetelemetryrulefororganization"), ActionRules(0x4000)),
    ]), rows: Cow::Borrowed(&[
    ]), further_gates: Cow::Borrowed(&[
    ]), keys: None },
    OfService { service: Cow::Borrowed("organizations"), named: Cow::Borrowed(&[
        (Cow::Borrowed("attachpolicy"), ActionRules(0x4000)),
        (Cow::Borrowed("createaccount"), ActionRules(0x2000)),
        (Cow::Borrowed("createorganizationalunit"), ActionRules(0x2000)),
        (Cow::Borrowed("createpolicy"), ActionRules(0x4000)),
        (Cow::Borrowed("deleteorganization"), ActionRules(0x2000)),
        (Cow::Borrowed("deleteorganizationalunit"), ActionRules(0x2000)),
        (Cow::Borrowed("deletepolicy"), ActionRules(0x4000)),
        (Cow::Borrowed("deleteresourcepolicy"), ActionRules(0x2000)),
        (Cow::Borrowed("deregisterdelegatedadministrator"), ActionRules(0x2000)),
        (Cow::Borrowed("describeaccount"), ActionRules(0x4000)),
        (Cow::Borrowed("describecreateaccountstatus"), ActionRules(0x4000)),
        (Cow::Borrowed("describeorganizationalunit"), ActionRules(0x4000)),
        (Cow::Borrowed("describepolicy"), ActionRules(0x4000)),
        (Cow::Borrowed("describeresourcepolicy"), ActionRules(0x4000)),
        (Cow::Borrowed("detachpolicy"), ActionRules(0x4000)),
        (Cow::Borrowed("disableawsserviceaccess"), ActionRules(0x2000)),
        (Cow::Borrowed("disablepolicytype"), ActionRules(0x4000)),
        (Cow::Borrowed("enableallfeatures"), ActionRules(0x2000)),
        (Cow::Borrowed("enableawsserviceaccess"), ActionRules(0x2000)),
        (Cow::Borrowed("enablepolicytype"), ActionRules(0x4000)),
        (Cow::Borrowed("inviteaccounttoorganization"), ActionRules(0x2000)),
        (Cow::Borrowed("inviteorganizationtotransferresponsibility"), ActionRules(0x2000)),
        (Cow::Borrowed("listaccounts"), ActionRules(0x4000)),
        (Cow::Borrowed("listaccountsforparent"), ActionRules(0x4000)),
        (Cow::Borrowed("listaccountswithinvalideffectivepolicy"), ActionRules(0x4000)),
        (Cow::Borrowed("listawsserviceaccessfororganization"), ActionRules(0x4000)),
        (Cow::Borrowed("listchildren"), ActionRules(0x4000)),
        (Cow::Borrowed("listcreateaccountstatus"), ActionRules(0x4000)),
        (Cow::Borrowed("listdelegatedadministrators"), ActionRules(0x4000)),
        (Cow::Borrowed("listdelegatedservicesforaccount"), ActionRules(0x4000)),
        (Cow::Borrowed("listeffectivepolicyvalidationerrors"), ActionRules(0x4000)),
        (Cow::Borrowed("listhandshakesfororganization"), ActionRules(0x4000)),
        (Cow::Borrowed("listorganizationalunitsforparent"), ActionRules(0x4000)),
        (Cow::Borrowed("listparents"), ActionRules(0x4000)),
        (Cow::Borrowed("listpolicies"), ActionRules(0x4000)),
        (Cow::Borrowed("listpoliciesfortarget"), ActionRules(0x4000)),
        (Cow::Borrowed("listroots"), ActionRules(0x4000)),
        (Cow::Borrowed("listtagsforresource"), ActionRules(0x4000)),
        (Cow::Borrowed("listtargetsforpolicy"), ActionRules(0x4000)),
        (Cow::Borrowed("moveaccount"), ActionRules(0x2000)),
        (Cow::Borrowed("putresourcepolicy"), ActionRules(0x2000)),
        (Cow::Borrowed("registerdelegatedadministrator"), ActionRules(0x2000)),
        (Cow::Borrowed("removeaccountfromorganization"), ActionRules(0x2000)),
        (Cow::Borrowed("tagresource"), ActionRules(0x4000)),
        (Cow::Borrowed("untagresource"), ActionRules(0x4000)),
        (Cow::Borrowed("updateorganizationalunit"), ActionRules(0x2000)),
        (Cow::Borrowed("updatepolicy"), ActionRules(0x4000)),
    ]), rows: Cow::Borrowed(&[
    ]), further_gates: Cow::Borrowed(&[
    ]), keys: None },
    OfService { service: Cow::Borrowed("payment-cryptography"), named: Cow::Borrowed(&[
        (Cow::Borrowed("associatempateam"), ActionRules(0x10)),
        (Cow::Borrowed("createalias"), ActionRules(0x10)),
        (Cow::Borrowed("createkey"), ActionRules(0x10)),
        (Cow::Borrowed("deletealias"), ActionRules(0x10)),
        (Cow::Borrowed("deleteresourcepolicy"), ActionRules(0x10)),
        (Cow::Borrowed("disabledefaultkeyreplicationregions"), ActionRules(0x10)),
        (Cow::Borrowed("disassociatempateam"), ActionRules(0x10)),
        (Cow::Borrowed("enabledefaultkeyreplicationregions"), ActionRules(0x10)),
        (Cow::Borrowed("getalias"), ActionRules(0x10)),
        (Cow::Borrowed("getdefaultkeyreplicationregions"), ActionRules(0x10)),
        (Cow::Borrowed("getmpateamassociation"), ActionRules(0x10)),
        (Cow::Borrowed("getparametersforexport"), ActionRules(0x10)),
        (Cow::Borrowed("getparametersforimport"), ActionRules(0x10)),
        (Cow::Borrowed("getresourcepolicy"), ActionRules(0x10)),
        (Cow::Borrowed("listaliases"), ActionRules(0x10)),
        (Cow::Borrowed("listkeys"), ActionRules(0x10)),
        (Cow::Borrowed("putresourcepolicy"), ActionRules(0x10)),
        (Cow::Borrowed("updatealias"), ActionRules(0x10)),
    ]), rows: Cow::Borrowed(&[
    ]), further_gates: Cow::Borrowed(&[
    ]), keys: None },
    OfService { service: Cow::Borrowed("refactor-spaces"), named: Cow::Borrowed(&[
        (Cow::Borrowed("listtagsforresource"), ActionRules(0x10)),
        (Cow::Borrowed("tagresource"), ActionRules(0x10)),
        (Cow::Borrowed("untagresource"), ActionRules(0x10)),
    ]), rows: Cow::Borrowed(&[
    ]), further_gates: Cow::Borrowed(&[
    ]), keys: None },
    OfService { service: Cow::Borrowed("resource-explorer-2"), named: Cow::Borrowed(&[
        (Cow::Borrowed("getaccountlevelserviceconfiguration"), ActionRules(0x2000)),
        (Cow::Borrowed("listindexesformembers"), ActionRules(0x4000)),
    ]), rows: Cow::Borrowed(&[
    ]), further_gates: Cow::Borrowed(&[
    ]), keys: None },
    OfService { service: Cow::Borrowed("route53resolver"), named: Cow::Borrowed(&[
        (Cow::Borrowed("listfirewallruledomains"), ActionRules(0x10)),
    ]), rows: Cow::Borrowed(&[
    ]), further_gates: Cow::Borrowed(&[
    ]), keys: None },
    OfService { service: Cow::Borrowed("s3"), named: Cow::Borrowed(&[
        (Cow::Borrowed("deletebucketpolicy"), ActionRules(0x1008)),
        (Cow::Borrowed("getaccessgrantsinstance"), ActionRules(0x10)),
        (Cow::Borrowed("getbucketlocation"), ActionRules(0x4000000)),
        (Cow::Borrowed("getbucketpolicy"), ActionRules(0x1008)),
        (Cow::Borrowed("putbucketpolicy"), ActionRules(0x1008)),
    ]), rows: Cow::Borrowed(&[
    ]), further_gates: Cow::Borrowed(&[
        (Actions::These(Cow::Borrowed(&[Cow::Borrowed("getbucketlocation")])), Cow::Borrowed("called in a Region other than the bucket's, the bucket policy does not apply, so there is no access from another account")),
    ]), keys: None },
    OfService { service: Cow::Borrowed("s3-outposts"), named: Cow::Borrowed(&[
        (Cow::Borrowed("deletebucketpolicy"), ActionRules(0x1010)),
        (Cow::Borrowed("getbucket"), ActionRules(0x10)),
        (Cow::Borrowed("getbucketpolicy"), ActionRules(0x1010)),
        (Cow::Borrowed("putbucketpolicy"), ActionRules(0x1010)),
    ]), rows: Cow::Borrowed(&[
    ]), further_gates: Cow::Borrowed(&[
    ]), keys: None },
    OfService { service: Cow::Borrowed("s3express"), named: Cow::Borrowed(&[
        (Cow::Borrowed("createbucket"), ActionRules(0x10)),
        (Cow::Borrowed("deletebucket"), ActionRules(0x10)),
        (Cow::Borrowed("deletebucketpolicy"), ActionRules(0x10)),
        (Cow::Borrowed("getbucketpolicy"), ActionRules(0x10)),
        (Cow::Borrowed("getencryptionconfiguration"), ActionRules(0x10)),
        (Cow::Borrowed("getlifecycleconfiguration"), ActionRules(0x10)),
        (Cow::Borrowed("getmetricsconfiguration"), ActionRules(0x10)),
        (Cow::Borrowed("listallmydirectorybuckets"), ActionRules(0x10)),
        (Cow::Borrowed("putbucketpolicy"), ActionRules(0x10)),
        (Cow::Borrowed("putencryptionconfiguration"), ActionRules(0x10)),
        (Cow::Borrowed("putlifecycleconfiguration"), ActionRules(0x10)),
        (Cow::Borrowed("putmetricsconfiguration"), ActionRules(0x10)),
    ]), rows: Cow::Borrowed(&[
    ]), further_gates: Cow::Borrowed(&[
    ]), keys: None },
    OfService { service: Cow::Borrowed("secretsmanager"), named: Cow::Borrowed(&[
        (Cow::Borrowed("batchgetsecretvalue"), ActionRules(0x10)),
        (Cow::Borrowed("createsecret"), ActionRules(0x10)),
        (Cow::Borrowed("listsecrets"), ActionRules(0x10)),
    ]), rows: Cow::Borrowed(&[
    ]), further_gates: Cow::Borrowed(&[
    ]), keys: None },
    OfService { service: Cow::Borrowed("securityhub"), named: Cow::Borrowed(&[
        (Cow::Borrowed("batchgetconfigurationpolicyassociations"), ActionRules(0x8000)),
        (Cow::Borrowed("createconfigurationpolicy"), ActionRules(0x8000)),
        (Cow::Borrowed("deleteconfigurationpolicy"), ActionRules(0x8000)),
        (Cow::Borrowed("disableorganizationadminaccount"), ActionRules(0x2000)),
        (Cow::Borrowed("enableorganizationadminaccount"), ActionRules(0x2000)),
        (Cow::Borrowed("getconfigurationpolicy"), ActionRules(0x8000)),
        (Cow::Borrowed("getconfigurationpolicyassociation"), ActionRules(0x8000)),
        (Cow::Borrowed("listconfigurationpolicies"), ActionRules(0x8000)),
        (Cow::Borrowed("listconfigurationpolicyassociations"), ActionRules(0x8000)),
        (Cow::Borrowed("listorganizationadminaccounts"), ActionRules(0x2000)),
        (Cow::Borrowed("startconfigurationpolicyassociation"), ActionRules(0x8000)),
        (Cow::Borrowed("startconfigurationpolicydisassociation"), ActionRules(0x8000)),
        (Cow::Borrowed("updateconfigurationpolicy"), ActionRules(0x8000)),
    ]), rows: Cow::Borrowed(&[
    ]), further_gates: Cow::Borrowed(&[
    ]), keys: None },
    OfService { service: Cow::Borrowed("securitylake"), named: Cow::Borrowed(&[
        (Cow::Borrowed("deregisterdatalakedelegatedadministrator"), ActionRules(0x2000)),
        (Cow::Borrowed("registerdatalakedelegatedadministrator"), ActionRules(0x2000)),
    ]), rows: Cow::Borrowed(&[
    ]), further_gates: Cow::Borrowed(&[
    ]), keys: None },
    OfService { service: Cow::Borrowed("servicecatalog"), named: Cow::Borrowed(&[
        (Cow::Borrowed("describeportfoliosharestatus"), ActionRules(0x4000)),
        (Cow::Borrowed("disableawsorganizationsaccess"), ActionRules(0x2000)),
        (Cow::Borrowed("enableawsorganizationsaccess"), ActionRules(0x2000)),
        (Cow::Borrowed("getawsorganizationsaccessstatus"), ActionRules(0x4000)),
        (Cow::Borrowed("listorganizationportfolioaccess"), ActionRules(0x4000)),
    ]), rows: Cow::Borrowed(&[
    ]), further_gates: Cow::Borrowed(&[
    ]), keys: None },
    OfService { service: Cow::Borrowed("ses"), named: Cow::Borrowed(&[
        (Cow::Borrowed("createemailidentitypolicy"), ActionRules(0x10)),
        (Cow::Borrowed("deleteemailidentitypolicy"), ActionRules(0x10)),
        (Cow::Borrowed("deleteidentitypolicy"), ActionRules(0x10)),
        (Cow::Borrowed("getemailidentitypolicies"), ActionRules(0x10)),
        (Cow::Borrowed("getidentitypolicies"), ActionRules(0x10)),
        (Cow::Borrowed("listidentitypolicies"), ActionRules(0x10)),
        (Cow::Borrowed("putidentitypolicy"), ActionRules(0x10)),
        (Cow::Borrowed("updateemailidentitypolicy"), ActionRules(0x10)),
    ]), rows: Cow::Borrowed(&[
        Row { rule: ActionRule::NoCrossAccount, actions: Actions::AllBut(Cow::Borrowed(&[Cow::Borrowed("sendbounce"), Cow::Borrowed("sendbulkemail"), Cow::Borrowed("sendbulktemplatedemail"), Cow::Borrowed("sendcustomverificationemail"), Cow::Borrowed("sendemail"), Cow::Borrowed("sendrawemail"), Cow::Borrowed("sendtemplatedemail")])), resources: Cow::Borrowed(&[Cow::Borrowed("identity/")]) },
        Row { rule: ActionRule::ResourcePolicyTakesNoPart, actions: Actions::AllBut(Cow::Borrowed(&[Cow::Borrowed("batchgetmetricdata"), Cow::Borrowed("cancelexportjob"), Cow::Borrowed("createdeliverabilitytestreport"), Cow::Borrowed("createemailidentitypolicy"), Cow::Borrowed("createexportjob"), Cow::Borrowed("deleteemailidentity"), Cow::Borrowed("deleteemailidentitypolicy"), Cow::Borrowed("getdomainstatisticsreport"), Cow::Borrowed("getemailidentity"), Cow::Borrowed("getemailidentitypolicies"), Cow::Borrowed("getexportjob"), Cow::Borrowed("listexportjobs"), Cow::Borrowed("listrecommendations"), Cow::Borrowed("putemailidentityconfigurationsetattributes"), Cow::Borrowed("putemailidentitydkimattributes"), Cow::Borrowed("putemailidentitydkimsigningattributes"), Cow::Borrowed("putemailidentityfeedbackattributes"), Cow::Borrowed("putemailidentitymailfromattributes"), Cow::Borrowed("sendbounce"), Cow::Borrowed("sendbulkemail"), Cow::Borrowed("sendbulktemplatedemail"), Cow::Borrowed("sendcustomverificationemail"), Cow::Borrowed("sendemail"), Cow::Borrowed("sendrawemail"), Cow::Borrowed("sendtemplatedemail"), Cow::Borrowed("tagresource"), Cow::Borrowed("untagresource"), Cow::Borrowed("updateemailidentitypolicy")])), resources: Cow::Borrowed(&[]) },
        Row { rule: ActionRule::KeysNotSupplied, actions: Actions::AllBut(Cow::Borrowed(&[])), resources: Cow::Borrowed(&[]) },
    ]), further_gates: Cow::Borrowed(&[
    ]), keys: Some(Keys::Only(Cow::Borrowed(&[Cow::Borrowed("aws:currenttime"), Cow::Borrowed("aws:epochtime"), Cow::Borrowed("aws:securetransport"), Cow::Borrowed("aws:sourceip"), Cow::Borrowed("aws:sourcevpc"), Cow::Borrowed("aws:sourcevpce"), Cow::Borrowed("aws:useragent"), Cow::Borrowed("aws:vpcsourceip")]))) },
    OfService { service: Cow::Borrowed("sns"), named: Cow::Borrowed(&[
    ]), rows: Cow::Borrowed(&[
        Row { rule: ActionRule::ResourcePolicyTakesNoPart, actions: Actions::AllBut(Cow::Borrowed(&[Cow::Borrowed("addpermission"), Cow::Borrowed("deletetopic"), Cow::Borrowed("getdataprotectionpolicy"), Cow::Borrowed("gettopicattributes"), Cow::Borrowed("listsubscriptionsbytopic"), Cow::Borrowed("listtagsforresource"), Cow::Borrowed("publish"), Cow::Borrowed("putdataprotectionpolicy"), Cow::Borrowed("removepermission"), Cow::Borrowed("settopicattributes"), Cow::Borrowed("subscribe")])), resources: Cow::Borrowed(&[]) },
    ]), further_gates: Cow::Borrowed(&[
    ]), keys: None },
    OfService { service: Cow::Borrowed("sqs"), named: Cow::Borrowed(&[
        (Cow::Borrowed("addpermission"), ActionRules(0x10)),
        (Cow::Borrowed("cancelmessagemovetask"), ActionRules(0x10)),
        (Cow::Borrowed("createqueue"), ActionRules(0x10)),
        (Cow::Borrowed("deletequeue"), ActionRules(0x10)),
        (Cow::Borrowed("listmessagemovetasks"), ActionRules(0x10)),
        (Cow::Borrowed("listqueues"), ActionRules(0x10)),
        (Cow::Borrowed("listqueuetags"), ActionRules(0x10)),
        (Cow::Borrowed("removepermission"), ActionRules(0x10)),
        (Cow::Borrowed("setqueueattributes"), ActionRules(0x1010)),
        (Cow::Borrowed("startmessagemovetask"), ActionRules(0x10)),
        (Cow::Borrowed("tagqueue"), ActionRules(0x10)),
        (Cow::Borrowed("untagqueue"), ActionRules(0x10)),
    ]), rows: Cow::Borrowed(&[
    ]), further_gates: Cow::Borrowed(&[
    ]), keys: None },
    OfService { service: Cow::Borrowed("ssm"), named: Cow::Borrowed(&[
        (Cow::Borrowed("deleteopsitem"), ActionRules(0x10)),
    ]), rows: Cow::Borrowed(&[
    ]), further_gates: Cow::Borrowed(&[
    ]), keys: None },
    OfService { service: Cow::Borrowed("sso"), named: Cow::Borrowed(&[
        (Cow::Borrowed("getrolecredentials"), ActionRules(0x800000)),
        (Cow::Borrowed("listaccountassignmentsforprincipal"), ActionRules(0x2000)),
        (Cow::Borrowed("listaccountroles"), ActionRules(0x800000)),
        (Cow::Borrowed("listaccounts"), ActionRules(0x800000)),
        (Cow::Borrowed("logout"), ActionRules(0x800000)),
    ]), rows: Cow::Borrowed(&[
    ]), further_gates: Cow::Borrowed(&[
    ]), keys: None },
    OfService { service: Cow::Borrowed("sso-oauth"), named: Cow::Borrowed(&[
        (Cow::Borrowed("createtoken"), ActionRules(0x800000)),
        (Cow::Borrowed("registerclient"), ActionRules(0x800000)),
        (Cow::Borrowed("startdeviceauthorization"), ActionRules(0x800000)),
    ]), rows: Cow::Borrowed(&[
    ]), further_gates: Cow::Borrowed(&[
    ]), keys: None },
    OfService { service: Cow::Borrowed("sts"), named: Cow::Borrowed(&[
        (Cow::Borrowed("assumerole"), ActionRules(0x180004)),
        (Cow::Borrowed("assumerolewithsaml"), ActionRules(0x180000)),
        (Cow::Borrowed("assumerolewithwebidentity"), ActionRules(0x180000)),
        (Cow::Borrowed("assumeroot"), ActionRules(0x44004)),
        (Cow::Borrowed("getcalleridentity"), ActionRules(0x1)),
        (Cow::Borrowed("getfederationtoken"), ActionRules(0x200)),
        (Cow::Borrowed("getscopedcredentials"), ActionRules(0x800)),
        (Cow::Borrowed("getsessiontoken"), ActionRules(0x202)),
        (Cow::Borrowed("setsourceidentity"), ActionRules(0x100000)),
        (Cow::Borrowed("tagsession"), ActionRules(0x100000)),
    ]), rows: Cow::Borrowed(&[
        Row { rule: ActionRule::RefusedToFederatedUsers, actions: Actions::AllBut(Cow::Borrowed(&[Cow::Borrowed("getcalleridentity"), Cow::Borrowed("getscopedcredentials"), Cow::Borrowed("getdelegatedaccesstoken")])), resources: Cow::Borrowed(&[]) },
    ]), further_gates: Cow::Borrowed(&[
    ]), keys: None },
    OfService { service: Cow::Borrowed("tag"), named: Cow::Borrowed(&[
        (Cow::Borrowed("describereportcreation"), ActionRules(0x2000)),
        (Cow::Borrowed("getcompliancesummary"), ActionRules(0x2000)),
        (Cow::Borrowed("startreportcreation"), ActionRules(0x2000)),
    ]), rows: Cow::Borrowed(&[
    ]), further_gates: Cow::Borrowed(&[
    ]), keys: None },
    OfService { service: Cow::Borrowed("vpc-lattice-svcs"), named: Cow::Borrowed(&[
        (Cow::Borrowed("invoke"), ActionRules(0x80)),
    ]), rows: Cow::Borrowed(&[
    ]), further_gates: Cow::Borrowed(&[
    ]), keys: None },
]) };
