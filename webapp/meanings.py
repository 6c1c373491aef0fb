"""The settings of a deployment and what each means: read by the settings, the help and the docs."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from geo.types import Text

#: A setting ``port`` is the environment variable ``HUITU_PORT``.
PREFIX = "HUITU_"

MEANINGS: Mapping[str, Text] = MappingProxyType(
    {
        "data": Text(
            zh="数据文件夹，内有 catalog.toml 和各图层的源文件",
            en="the data folder, with catalog.toml and the source files of the layers",
        ),
        "host": Text(zh="监听的地址", en="the address to listen on"),
        "port": Text(zh="监听的端口，1 到 65535", en="the port to listen on, 1 to 65535"),
        "workers": Text(zh="应答的进程数，1 到 32", en="processes that answer, 1 to 32"),
        "lang": Text(zh="语言：zh 或 en", en="the language: zh or en"),
        "embed_ancestors": Text(
            zh="允许用框架嵌入 /embed 的网站，以空格分隔，如 https://www.example.org",
            en="sites that may show /embed in a frame, between blanks: https://www.example.org",
        ),
        "url_prefix": Text(
            zh="网站所在的路径，如 /huitu；为空即根路径",
            en="the path below which the site is reached, such as /huitu; empty for none",
        ),
        "database_url": Text(
            zh="数据库地址，如 postgresql://huitu@localhost/huitu；"
            "为空即数据文件夹里的 huitu.sqlite",
            en="the database, such as postgresql://huitu@localhost/huitu; "
            "empty for huitu.sqlite in the data folder",
        ),
        "secret_key": Text(
            zh="登录会话的签名密钥，至少 32 个字符；为空即首次启动时生成，存于数据文件夹 private/",
            en="the key that signs sessions, at least 32 characters; "
            "empty for one made at the first start, kept in private/ of the data folder",
        ),
        "oidc_issuer": Text(
            zh="统一登录（OpenID Connect）的地址，如 https://login.example.org；为空即只用密码",
            en="the OpenID Connect provider, such as https://login.example.org; "
            "empty for passwords only",
        ),
        "oidc_client_id": Text(
            zh="在统一登录那里登记的客户端编号",
            en="the client id that is registered with the provider",
        ),
        "oidc_client_secret": Text(
            zh="在统一登录那里登记的客户端密钥", en="the secret of that client"
        ),
        "oidc_new_role": Text(
            zh="统一登录认得、这里还没有帐号的人得到的角色：reader、planner 或 moderator；"
            "为空即只有管理员增加的帐号可以登录",
            en="the role of those whom the provider knows and who have no account here: reader, "
            "planner or moderator; empty: only accounts that the administrator added sign in",
        ),
        "oidc_title": Text(
            zh="登录按钮上统一登录的名称，不超过 40 字",
            en="what the button calls the provider, at most 40 characters",
        ),
        "session_hours": Text(
            zh="多少小时不操作后需要重新登录，1 到 168",
            en="hours without a look after which one signs in again, 1 to 168",
        ),
        "trusted_proxies": Text(
            zh="前面有几层反向代理，0 到 5；只有这样才相信 X-Forwarded-For 和 X-Forwarded-Proto",
            en="how many proxies stand in front, 0 to 5; only then X-Forwarded-For and "
            "X-Forwarded-Proto are believed",
        ),
        "public_url": Text(
            zh="读者打开网站的地址，如 https://plan.example.org；用于二维码、邮件和订阅；为空即按请求的地址",
            en="where readers find the site, such as https://plan.example.org, "
            "for QR codes, mails and feeds; empty for the address of the request",
        ),
        "receipt_prefix": Text(
            zh="意见回执编号开头的字母，1 到 6 个大写字母",
            en="the letters that a receipt begins with, 1 to 6 capitals",
        ),
        "contact_key": Text(
            zh="加密联系方式的密钥，至少 32 个字符；为空即不收集联系方式",
            en="the key that seals contact data, at least 32 "
            "characters; empty: no contact data is asked for",
        ),
        "contact_days": Text(
            zh="答复后多少天清除联系方式，1 到 3650",
            en="days after the answer until contact data is purged, 1 to 3650",
        ),
        "mail_server": Text(
            zh="发邮件的 SMTP 服务器，如 smtp.example.org:587；为空即不发邮件",
            en="the SMTP server for mails, such as smtp.example.org:587; empty for none",
        ),
        "mail_tls": Text(
            zh="与邮件服务器的加密：starttls、tls，或为空即不加密",
            en="encryption towards the mail server: starttls, tls, or empty for none",
        ),
        "mail_user": Text(
            zh="邮件服务器的用户名；为空即不登录",
            en="the user name at the mail server; empty for no login",
        ),
        "mail_password": Text(
            zh="邮件服务器的密码",
            en="the password at the mail server",
        ),
        "mail_from": Text(
            zh="邮件的发件地址",
            en="the address that mails come from",
        ),
        "upload_mb": Text(
            zh="上传文件的上限，MB，1 到 500", en="the largest upload in MB, 1 to 500"
        ),
        "job_features": Text(
            zh="所涉图层的要素多于此数时，统计和下载作为任务在后台生成",
            en="with more features than this in its layers, figures and downloads are made as jobs",
        ),
        "job_processes": Text(zh="同时进行的任务数，1 到 16", en="jobs that run at once, 1 to 16"),
        "job_waiting": Text(
            zh="一个地址可以排队等待的任务数，1 到 50",
            en="jobs that one address may have waiting, 1 to 50",
        ),
        "job_hours": Text(
            zh="任务的结果保留多少小时，1 到 8760",
            en="hours that the result of a job is kept, 1 to 8760",
        ),
        "tile_features": Text(
            zh="有位置的要素多于此数的图层，以矢量瓦片提供",
            en="a layer with more located features than this goes out as vector tiles",
        ),
        "tile_cache_mb": Text(
            zh="磁盘上最多保留多少 MB 做好的瓦片，0 为不保留",
            en="MB of finished tiles that are kept on disk, 0 for none",
        ),
    }
)
